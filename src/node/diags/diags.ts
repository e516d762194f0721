import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Bundle, openBundle } from '../../bundle/bundle.ts';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { redactText } from '../../bundle/redact.ts';
import type { StepResult } from '../../bundle/step.ts';
import { countLine, shortcomings } from '../../bundle/summary.ts';
import { CalicoctlError } from '../../core/errors.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import type { Host } from '../../host/host.ts';
import { calicoContainers, ipsetDump, logStep, NO_RUNTIME, type Runtime, runtimeOf } from './containers.ts';
import { furtherSteps } from './further.ts';
import { logFolder, logSteps } from './log-files.ts';
import { type ProgramStep, referencePrograms } from './programs.ts';
import { ProgramFailure, runProgram } from './run-program.ts';

export interface DiagsRequest {
  readonly logDir: string;
  /** Where the archive goes; a temporary folder unless given. */
  readonly output?: string | undefined;
  /** The folder for temporary files. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  /** Prints a line as the reference does. */
  readonly say: (line: string) => Promise<void>;
  /** Prints what the reference does not. */
  readonly note: (line: string) => void;
  readonly now: Date;
}

/** Collects diagnostics of this machine. Throws CalicoctlError where nothing can be written, and `cancelled` behind what was had. */
export async function collectDiags(host: Host, request: DiagsRequest): Promise<void> {
  const { say, note, signal, now } = request;
  if (request.output !== undefined) demandPlace(request.output);
  await say('Collecting diagnostics');
  const bundle = await openBundle({ parent: request.temporary, prefix: 'calico', root: 'diagnostics' });
  try {
    await say(`Using temp dir: ${bundle.folder}`);
    await collect(host, bundle, request);
    const file = request.output ?? `${bundle.folder}/diags-${stamp(now)}.tar.gz`;
    await bundle.save(file, about(host, now));
    await (request.output === undefined ? bundle.clear() : bundle.remove());
    await say(`\nDiags saved to ${file}\n`);
    await say('If required, you can upload the diagnostics bundle to a file sharing service.');
    for (const line of shortcomings(bundle.results)) note(line);
    note(
      `${countLine(bundle.results)}. Secrets were redacted; look the bundle through before you pass it on.`,
    );
  } catch (error) {
    await bundle.remove();
    throw error;
  }
  if (signal.aborted)
    throw new CalicoctlError('cancelled', 'interrupted: the bundle holds what was collected until then');
}

/** Throws before anything is collected that could not be kept. */
function demandPlace(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    throw new CalicoctlError('input', `cannot write ${file}: ${(error as Error).message}`, {
      hint: 'Name a file in a folder that exists and may be written.',
    });
  }
}

function about(host: Host, now: Date) {
  return {
    title: 'Diagnostics of a node, by calicoctl node diags',
    facts: {
      node: host.hostname,
      time: now.toISOString(),
      calicoctl: CALICO_VERSION,
      kernel: host.release,
      user: host.isRoot ? 'root' : 'not root',
    },
  };
}

/** `YYYYMMDD_hhmmss` in local time. */
function stamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

async function collect(host: Host, bundle: Bundle, request: DiagsRequest): Promise<void> {
  const { say, signal } = request;
  const runtime = runtimeOf(host);
  const dump = await ipsetDump(host, runtime, signal);
  if ('why' in dump) await say(`Skipping container ipset dump: ${dump.why}`);
  const programs = referencePrograms(host.which('netstat') === undefined ? 'ss' : 'netstat');
  const container: readonly ProgramStep[] =
    'why' in dump
      ? []
      : [{ info: 'Dumping ipsets (container)', command: dump.command, file: 'ipset_container', root: true }];
  await bundle.run(
    [...programs, ...container].map((step) => programStep(host, step, say)),
    { signal },
  );
  if ('why' in dump) await bundle.run([skippedStep('Dumping ipsets (container)', dump.why)], { signal });
  if (signal.aborted) {
    await bundle.run([skippedStep('logs, containers and everything else', '')], { signal });
    return;
  }
  await copyLogs(host, bundle, request);
  await containerLogs(host, bundle, runtime, request);
  await bundle.run(furtherSteps(host), { signal });
}

function skippedStep(name: string, why: string): Step {
  return { name, work: () => Promise.reject(new Skipped(why)) };
}

/** A step whose info line and failure are printed as the reference prints them. */
function programStep(host: Host, step: ProgramStep, say: DiagsRequest['say']): Step {
  const { info, command, timeoutMs = 60_000 } = step;
  return {
    name: info ?? command.join(' '),
    timeoutMs,
    async work(collect) {
      if (info !== undefined) await say(info);
      try {
        await runProgram(host, collect, step);
      } catch (error) {
        const { command: shown, output } =
          error instanceof ProgramFailure
            ? error
            : { command: command.join(' '), output: (error as Error).message };
        await say(`Failed to run command: ${shown}\nError: ${output}\n`);
        throw error;
      }
    },
  };
}

async function copyLogs(host: Host, bundle: Bundle, { logDir, say, signal }: DiagsRequest): Promise<void> {
  switch (logFolder(host, logDir)) {
    case 'missing':
      await say(`Error copying log files: stat ${logDir}: no such file or directory`);
      await bundle.run([skippedStep(`log files in ${logDir}`, 'there is no such folder')], { signal });
      return;
    case 'file':
      await say(`No logs found in ${logDir}; skipping log copying`);
      await bundle.run([skippedStep(`log files in ${logDir}`, 'it is no folder')], { signal });
      return;
    case 'folder':
      await say('Copying Calico logs');
      await bundle.run(await logSteps(host, logDir), { signal });
  }
}

async function containerLogs(
  host: Host,
  bundle: Bundle,
  runtime: Runtime | undefined,
  { say, signal }: DiagsRequest,
): Promise<void> {
  if (runtime === undefined) {
    await say(`Could not collect container logs: ${NO_RUNTIME}`);
    await bundle.run([skippedStep('logs of containers', NO_RUNTIME)], { signal });
    return;
  }
  await say(`Copying logs from Calico containers (${runtime})`);
  let steps: readonly Step[] = [];
  const list: Step = {
    name: `list of containers (${runtime})`,
    async work(collect) {
      try {
        const { list, found } = await calicoContainers(host, runtime, collect.signal);
        await collect.text('logs/container_creation_time', list);
        steps = found.map((container) => logStep(host, runtime, container));
      } catch (error) {
        await say(`Could not run ${runtime} command: ${redactText((error as Error).message)}`);
        throw error;
      }
    },
  };
  await bundle.run([list], { signal });
  const ended = async ({ step, outcome, reason = '' }: StepResult) => {
    if (outcome === 'failed')
      await say(`Could not pull log for container ${step.replace(/^log of container /, '')}: ${reason}`);
  };
  await bundle.run(steps, { signal, ended });
}
