import { birdLines } from '../../bird/stream.ts';
import type { Collector } from '../../bundle/collector.ts';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { formatError } from '../../core/errors.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import type { Host } from '../../host/host.ts';
import { processes } from '../../host/processes.ts';
import { textOf } from '../checksystem/check.ts';
import { checkSystem } from '../checksystem/checksystem.ts';
import { allBirds } from '../status/running.ts';
import { controlSockets } from '../status/sockets.ts';
import { FURTHER_PROGRAMS } from './programs.ts';
import { runProgram } from './run-program.ts';

/** What the reference does not collect. */
export function furtherSteps(host: Host): readonly Step[] {
  return [
    { name: 'versions', work: (collect) => collect.text('versions', versions(host)) },
    { name: 'checksystem', work: (collect) => systemCheck(host, collect) },
    { name: 'kernel settings', work: (collect) => collect.text('sysctl', kernelSettings(host)) },
    { name: 'processes of Calico', work: (collect) => collect.text('processes', processList(host)) },
    { name: 'CNI configuration', work: (collect) => cni(host, collect) },
    ...FURTHER_PROGRAMS.map((step) => ({
      name: step.command.join(' '),
      timeoutMs: 20_000,
      work: (collect: Collector) => runProgram(host, collect, step),
    })),
    ...birdSteps(host),
  ];
}

function versions(host: Host): string {
  const system = textOf(host, '/etc/os-release') ?? '';
  const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(system)?.[1] ?? 'unknown';
  return [
    `calicoctl: ${CALICO_VERSION}`,
    `kernel: ${textOf(host, '/proc/version') ?? host.release}`,
    `system: ${name}`,
    `user: ${host.isRoot ? 'root' : 'not root'}`,
    `boot parameters: ${textOf(host, '/proc/cmdline') ?? 'unknown'}`,
    '',
  ].join('\n');
}

async function systemCheck(host: Host, collect: Collector): Promise<void> {
  const { text, further: _, ...report } = await checkSystem(host);
  await collect.text('checksystem', text);
  await collect.value('checksystem.json', report);
}

const SETTINGS = [
  '/proc/sys/net/ipv4',
  '/proc/sys/net/ipv6',
  '/proc/sys/net/netfilter',
  '/proc/sys/net/bridge',
  '/proc/sys/net/core',
];
/** Settings that are secrets themselves. */
const SECRET_SETTING = /secret|_key$/;
const MOST_SETTINGS = 50_000;

function kernelSettings(host: Host): string {
  const lines: string[] = [];
  const walk = (path: string) => {
    for (const name of host.list(path)) {
      const place = `${path}/${name}`;
      if (lines.length >= MOST_SETTINGS) return;
      if (SECRET_SETTING.test(name)) continue;
      const text = textOf(host, place);
      if (text === undefined) walk(place);
      else
        lines.push(
          `${place.slice('/proc/sys/'.length).replaceAll('/', '.')} = ${text.replaceAll('\n', ' ')}`,
        );
    }
  };
  for (const folder of SETTINGS) walk(folder);
  return lines.map((line) => `${line}\n`).join('');
}

const CALICO = /calico|felix|bird|confd|typha/i;

function processList(host: Host): string {
  const shown = processes(host).filter(({ argv }) => CALICO.test(argv.join(' ')));
  return shown.map(({ pid, argv }) => `${pid} ${argv.join(' ')}\n`).join('');
}

const CNI_FOLDER = '/etc/cni/net.d';

async function cni(host: Host, collect: Collector): Promise<void> {
  const names = host.list(CNI_FOLDER);
  if (names.length === 0) throw new Skipped(`there is nothing in ${CNI_FOLDER}, or it may not be read`);
  const refused: string[] = [];
  for (const name of names) {
    try {
      const text = host.read(`${CNI_FOLDER}/${name}`);
      if (text !== undefined) await collect.text(`cni/${name}`, text);
    } catch (error) {
      refused.push(formatError(error).split('\n')[0]!);
    }
  }
  if (refused.length > 0) throw new Error(refused.join('; '));
}

const QUESTIONS = {
  status: 'show status',
  protocols: 'show protocols all',
  routes: 'show route all',
} as const;

function birdSteps(host: Host): readonly Step[] {
  const sockets = controlSockets(host, allBirds(host).birds);
  if (sockets.length === 0)
    return [{ name: 'BIRD', work: () => Promise.reject(new Skipped('no control socket of BIRD was found')) }];
  return sockets.flatMap(({ path }, index) => {
    const own = /bird6/.test(path) ? 'bird6' : 'bird';
    const prefix = sockets.some((other, at) => at < index && /bird6/.test(other.path) === (own === 'bird6'))
      ? `${own}_${index}`
      : own;
    return Object.entries(QUESTIONS).map(
      ([what, question]): Step => ({
        name: `${question} of ${path}`,
        timeoutMs: 60_000,
        work: (collect) => collect.stream(`${prefix}_${what}`, birdText(path, question, collect.signal)),
      }),
    );
  });
}

async function* birdText(path: string, question: string, signal: AbortSignal): AsyncGenerator<string> {
  const lines = birdLines(path, question, { signal });
  for (;;) {
    const step = await lines.next();
    if (step.done) {
      if (step.value !== undefined) throw step.value;
      return;
    }
    yield step.value.map(({ text }) => `${text}\n`).join('');
  }
}
