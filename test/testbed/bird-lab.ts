import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { birdBinaries } from '../../scripts/testbed/bird-binary.mjs';
import { EXECUTABLE } from '../faults/program.ts';
import { type BirdVersion, configurationOf, type Family, type Speaker } from './bird-config.ts';
import { connect, type Machine, removeLeftovers, startMachine } from './network-namespace.ts';

/** Real BGP sessions: a node with BIRD as Calico runs it, and peers in another network namespace. */

/** A router at the other end, with a BIRD of its own. */
export interface Peer extends Speaker {
  /** Its file names. */
  readonly name: string;
}

export interface Network {
  readonly node: Speaker;
  readonly peers: readonly Peer[];
  /** Lengths of the networks that both are in: 24 and 64 unless given. */
  readonly prefix?: { readonly ipv4: number; readonly ipv6: number };
  /** Whether the node has a process of Calico's besides; it has by default. */
  readonly felix?: boolean;
}

export interface Lab {
  /** The folder that the node sees as `/var/run/calico`: `bird.ctl` and, of BIRD 1 with IPv6, `bird6.ctl` are in it. */
  readonly run: string;
  /** A folder that is to a command line in this process what `/` is to one on the node. */
  readonly root: string;
  readonly folder: string;
  /** Words before a program that make it run on the node. */
  readonly enter: readonly string[];
  /** What a daemon of the node answers, as it comes. */
  ask(command: string, socket?: string): Promise<string>;
  /** Waits until each of these protocols of the node, or of no more than `socket` has, is established. */
  established(names: readonly string[], socket?: string): Promise<void>;
  /** Waits until the answer to a command has what is looked for. */
  until(command: string, pattern: RegExp, socket?: string): Promise<string>;
  /** Waits until the node has no process of that name. */
  gone(program: string): Promise<void>;
  /** Runs the built executable on the node. */
  calicoctl(...argv: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }>;
  stop(): void;
}

/** Starts the daemons; sessions come up a second or two later. Ends with this process at the latest. */
export async function startLab(network: Network): Promise<Lab> {
  const binaries = birdBinaries();
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), 'cbird-'));
  const machines: Machine[] = [];
  const stop = () => {
    for (const machine of machines) machine.stop();
    rmSync(folder, { recursive: true, force: true });
    process.off('exit', stop);
  };
  process.on('exit', stop);
  try {
    const node = await startMachine(folder, 'node');
    machines.push(node);
    const peers = await startMachine(folder, 'peers');
    machines.push(peers);
    await connect([
      { machine: node, addresses: addressesOf([network.node], network) },
      { machine: peers, addresses: addressesOf(network.peers, network) },
    ]);
    for (const peer of network.peers) startDaemons(peers, peer, peer.name, binaries);
    startDaemons(node, network.node, '', binaries);
    if (network.felix ?? true) startFelix(node, folder);
    await answering(node, network.node);
    return labOf(node, folder, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

function addressesOf(speakers: readonly Speaker[], { prefix = { ipv4: 24, ipv6: 64 } }: Network): string[] {
  return speakers.flatMap(({ addresses }) =>
    (['ipv4', 'ipv6'] as const).flatMap((family) =>
      addresses[family] === undefined ? [] : [`${addresses[family]}/${prefix[family]}`],
    ),
  );
}

/** Which daemons a speaker has, and what is in their file names: Calico runs `bird` and `bird6`. */
function daemonsOf({
  version,
  addresses,
}: Speaker): readonly { program: string; families: readonly Family[] }[] {
  const families = (['ipv4', 'ipv6'] as const).filter((family) => addresses[family] !== undefined);
  if (version === 2) return [{ program: 'bird', families }];
  return families.map((family) => ({ program: family === 'ipv4' ? 'bird' : 'bird6', families: [family] }));
}

function startDaemons(
  machine: Machine,
  speaker: Speaker,
  prefix: string,
  binaries: ReturnType<typeof birdBinaries>,
): void {
  const { folder, env } = binaries[speaker.version];
  for (const { program, families } of daemonsOf(speaker)) {
    const file = (ending: string) => `${prefix}${program}.${ending}`;
    writeFileSync(join(machine.run, file('cfg')), configurationOf(speaker, families));
    const there = (ending: string) => `/var/run/calico/${file(ending)}`;
    // Found on the PATH, it is called by its bare name, as Calico's own start script does.
    machine.start(program, ['-f', '-c', there('cfg'), '-s', there('ctl'), '-P', there('pid')], {
      env: { ...env, PATH: [folder, process.env['PATH']].join(delimiter) },
      log: join(machine.run, file('log')),
    });
  }
}

/** `node status` looks for a process of that name. */
function startFelix(machine: Machine, folder: string): void {
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  symlinkSync(Bun.which('sleep') ?? '/bin/sleep', join(programs, 'calico-felix'));
  machine.start('calico-felix', ['infinity'], {
    env: { PATH: [programs, process.env['PATH']].join(delimiter) },
  });
}

async function answering(machine: Machine, speaker: Speaker): Promise<void> {
  for (const { program } of daemonsOf(speaker)) {
    const socket = join(machine.run, `${program}.ctl`);
    await eventually(
      () => ask(socket, 'show status'),
      /is up and running/,
      () => `${program} does not answer; see ${join(machine.run, `${program}.log`)}`,
    );
  }
}

function labOf(node: Machine, folder: string, stop: () => void): Lab {
  const askNode: Lab['ask'] = (command, socket = 'bird.ctl') => ask(join(node.run, socket), command);
  const until: Lab['until'] = (command, pattern, socket) =>
    eventually(
      () => askNode(command, socket),
      pattern,
      (last) => `${command} never showed ${pattern}, but ${last}`,
    );
  return {
    ...{ run: node.run, folder, stop, enter: node.enter, ask: askNode, until, root: rootOf(node, folder) },
    async established(names, socket) {
      for (const name of names) await until(`show protocols ${name}`, /Established/, socket);
    },
    async gone(program) {
      const names = () => node.pids().map((pid) => nameOf(pid));
      await eventually(
        async () => (names().includes(program) ? 'there' : 'gone'),
        /gone/,
        () => `${program} has not ended`,
      );
    },
    async calicoctl(...argv) {
      const [program, ...args] = [...node.enter, EXECUTABLE, ...argv] as [string, ...string[]];
      const env = { ...process.env, HOME: folder, DATASTORE_TYPE: 'file', CALICO_FILE_DIR: folder };
      try {
        return {
          status: 0,
          ...(await promisify(execFile)(program, args, { env, timeout: 60_000, maxBuffer: 1 << 28 })),
        };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { status: code, stdout, stderr };
      }
    },
  };
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
  } catch {
    return undefined;
  }
}

/** The node's processes and sockets, and nothing else of this machine. */
function rootOf(node: Machine, folder: string): string {
  const root = join(folder, 'root');
  mkdirSync(join(root, 'proc'), { recursive: true });
  mkdirSync(join(root, 'var/run'), { recursive: true });
  symlinkSync(node.run, join(root, 'var/run/calico'));
  for (const pid of node.pids()) symlinkSync(`/proc/${pid}`, join(root, 'proc', String(pid)));
  return root;
}

/** Asks until the answer has the pattern in it; unreachable daemons are asked again too. */
async function eventually(
  get: () => Promise<string>,
  pattern: RegExp,
  message: (last: string) => string,
): Promise<string> {
  let last = '';
  for (const end = Date.now() + 20_000; Date.now() < end; await Bun.sleep(50)) {
    try {
      last = await get();
      if (pattern.test(last)) return last;
    } catch (error) {
      last = String(error);
    }
  }
  throw new Error(message(last));
}

/** The whole answer, greeting included: nothing of the code under test reads it. */
function ask(socket: string, command: string): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    const wire = connectSocket(socket);
    wire.setTimeout(5000, () => wire.destroy(new Error('BIRD is silent')));
    wire.on('error', fail);
    wire.on('data', (bytes) => {
      text += bytes.toString('utf8');
      // The last line of an answer has a blank after its code; so has the greeting, which is another.
      const ended = /^(?!0001)\d{4} .*\n/m.test(text);
      if (ended) wire.end();
    });
    wire.on('connect', () => wire.write(`${command}\n`));
    wire.on('close', () => done(text));
  });
}

export type { BirdVersion };
