import { redactText } from '../../bundle/redact.ts';
import { Redactor } from '../../bundle/secrets/redactor.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Host, Ran } from '../../host/host.ts';
import { CONTAINER, type ContainerRequest, containerCommand, shellLine } from './command.ts';
import { makeFolders, type Printer, prepareKernel } from './prepare.ts';

export interface StartRequest {
  readonly program: string;
  readonly container: Omit<ContainerRequest, 'inherited'>;
  /** Of etcd; handed over in the environment of the runtime. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** Modules and settings of the kernel are this command's business. */
  readonly prepare: boolean;
  readonly signal: AbortSignal;
  readonly print: Printer & { readonly write: (text: string) => Promise<void> };
}

const REMOVE_MS = 60_000;
/** Time for an image to be downloaded. */
const START_MS = 15 * 60_000;
const A_YEAR_MS = 24 * 24 * 3_600_000;
const LOGS_MS = 10_000;
/** For the runtime to end behind a container that was stopped. */
const LAST_WORDS_MS = 2_000;
const STARTED = 'Calico node started successfully';

/** Starts calico/node and waits until it says that it has started. Throws CalicoctlError where it does not. */
export async function startNode(host: Host, request: StartRequest): Promise<void> {
  const { program, container, prepare, print, signal } = request;
  if (prepare && host.isRoot) await prepareKernel(host, print);
  else if (prepare)
    print.note(
      'Not root: modules are not loaded, and forwarding and nf_conntrack_max stay as they are. See calicoctl node checksystem.',
    );
  if (program !== 'docker') makeFolders(host, [container.logDir, '/var/run/calico', '/var/lib/calico']);
  await print.say(`Removing old ${CONTAINER} container (if running).`);
  await host.run(program, ['rm', '-f', CONTAINER], { timeoutMs: REMOVE_MS, signal });
  stopIfInterrupted(signal);
  await startContainer(host, request);
  if (!container.initSystem) await followLog(host, request);
}

async function startContainer(host: Host, request: StartRequest): Promise<void> {
  const { program, container, credentials, print, signal } = request;
  const env: Readonly<Record<string, string>> =
    credentials === undefined
      ? {}
      : { ETCD_USERNAME: credentials.username, ETCD_PASSWORD: credentials.password };
  const command = containerCommand(program, { ...container, inherited: Object.keys(env) });
  await print.say(`Running the following command to start ${CONTAINER}:\n\n${shellLine(command)}\n`);
  await print.say('Image may take a short time to download if it is not available locally.');
  const args = command.slice(1);
  const ran = container.initSystem
    ? await attached(host, request, args, env)
    : await host.run(program, args, { timeoutMs: START_MS, signal, env });
  stopIfInterrupted(signal, container.initSystem ? 'was stopped' : undefined);
  if (ran.status === 0) return;
  const lines = redactText(`${ran.stdout}${ran.stderr}`)
    .split('\n')
    .filter((line) => line !== '');
  const why = ran.failure ?? `exit status ${ran.status}`;
  throw new CalicoctlError(
    'unavailable',
    [`Error executing command: ${why}`, ...lines.map((line) => ` | ${line}`)].join('\n'),
  );
}

/** The container's output goes on while it runs; Ctrl-C, or the init system, stops it. */
async function attached(
  host: Host,
  { program, print, signal }: StartRequest,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const decoder = new TextDecoder();
  const stopped = new AbortController();
  const stop = async () => {
    await host.run(program, ['stop', CONTAINER], { timeoutMs: REMOVE_MS });
    // While the image is downloaded there is no container yet that could be stopped.
    setTimeout(() => stopped.abort(), LAST_WORDS_MS).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const redactor = new Redactor();
    const sink = (bytes: Uint8Array) => print.write(redactor.push(decoder.decode(bytes, { stream: true })));
    const options = { timeoutMs: A_YEAR_MS, signal: stopped.signal, env, sink };
    const ran = await host.run(program, args, options);
    await print.write(redactor.end());
    return ran;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function stopIfInterrupted(signal: AbortSignal, became = 'may have been started'): void {
  if (signal.aborted) throw new CalicoctlError('cancelled', `interrupted; ${CONTAINER} ${became}`);
}

/** Prints the log of the container until it says that the node has started. */
async function followLog(host: Host, { program, print, signal }: StartRequest): Promise<void> {
  await print.say('Container started, checking progress logs.\n');
  const found = new AbortController();
  const decoder = new TextDecoder();
  // One for all: a secret goes on over several lines.
  const redactor = new Redactor();
  let rest = '';
  let last: Promise<void> = Promise.resolve();
  const sink = (bytes: Uint8Array) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (found.signal.aborted) return undefined;
    const end = lines.indexOf(STARTED);
    const shown = end < 0 ? lines : lines.slice(0, end + 1);
    if (shown.length > 0) last = print.write(redactor.push(`${shown.join('\n')}\n`));
    if (end >= 0) found.abort();
    return last;
  };
  const both = AbortSignal.any([signal, found.signal]);
  const ran = await host.run(program, ['logs', '--follow', CONTAINER], {
    timeoutMs: LOGS_MS,
    signal: both,
    sink,
  });
  await last;
  await print.write(redactor.end());
  if (found.signal.aborted) return;
  stopIfInterrupted(signal);
  if (rest === STARTED) return print.say(rest);
  throw await notStarted(host, program, ran);
}

async function notStarted(host: Host, program: string, ran: Ran): Promise<CalicoctlError> {
  const hint = `See ${program} logs ${CONTAINER}.`;
  const ended = new CalicoctlError(
    'unavailable',
    'error executing command: calico/node has terminated, check logs for details',
    { hint },
  );
  if (ran.failure === undefined) return ended;
  const asked = await host.run(program, ['inspect', '-f', '{{.State.Running}}', CONTAINER], {
    timeoutMs: LOGS_MS,
  });
  if (asked.stdout.trim() !== 'true') return ended;
  const message = `error executing command: calico/node runs, but did not say within ${LOGS_MS / 1000}s that it has started`;
  return new CalicoctlError('timeout', message, { hint });
}
