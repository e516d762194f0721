import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { type Garden, garden } from './garden.ts';
import { eachOf, programs, type Stage, stage } from './stage.ts';
import { startWays, type Way, type Ways } from './ways.ts';
import { type Inputs, ROWS } from './words.ts';

/** No command shows what it was given to prove itself, whatever becomes of it. */

let place: Stage;
let plot: Garden;
let ways: Ways;
let inputs: Inputs;
let machine: ReturnType<typeof programs>;

/** Set, though nobody asks for it. */
let idle: Record<string, string>;

beforeAll(async () => {
  place = stage();
  plot = garden();
  ways = await startWays({ stage: place, garden: plot });
  machine = programs(place, FAKES);
  const url = () =>
    `http://user:${encodeURIComponent(plot.password('password of an idle proxy'))}@127.0.0.1:1`;
  idle = {
    PATH: machine.path,
    CALICO_CTL_CONTAINER: 'yes',
    ALL_PROXY: url(),
    HTTP_PROXY: url(),
    AWS_SECRET_ACCESS_KEY: plot.token('key of a cloud'),
  };
  const set = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkSet',
    metadata: { name: 'kept' },
    spec: { nets: ['192.0.2.0/24'] },
  };
  inputs = {
    manifest: place.write('manifest.yaml', JSON.stringify(set)),
    exported: place.write('exported.yaml', ''),
    backup: place.write('backup.jsonl', ''),
    logs: place.write('logs/felix.log', 'a line\n').replace(/\/[^/]*$/, ''),
  };
}, 60_000);
afterAll(async () => {
  await ways.stop();
  place.remove();
});

const FAKES = {
  docker: 'case $1 in logs) echo "Calico node started successfully";; inspect) echo true;; esac',
  ...Object.fromEntries(
    [
      'ip',
      'nft',
      'iptables-save',
      'ip6tables-save',
      'ipset',
      'journalctl',
      'pkill',
      'ss',
      'date',
      'hostname',
      'modprobe',
      'lsmod',
      'kubectl',
    ].map((name) => [name, `echo said by ${name} "$@"`]),
  ),
};

interface Trial {
  readonly words: readonly string[];
  readonly way: Way;
  readonly works: boolean;
}

function trial(command: string, way: Way): Trial {
  const { words, works = false, alone = false } = ROWS[command]!;
  const takesConfig = way.flags.length === 0 || !alone;
  return {
    words: [
      ...command.split(' '),
      ...words(inputs),
      ...(takesConfig ? way.flags : []),
      '--request-timeout',
      way.good ? '20s' : '300ms',
      '-l',
      'trace',
    ],
    way,
    works: works && way.good,
  };
}

/** What is wrong with what came of a command line; undefined where all is well. */
async function faultOf({ words, way, works }: Trial): Promise<object | undefined> {
  const { status, err, shown } = await place.run(words, { ...idle, ...way.env });
  const leaks = [...shown].flatMap(([where, bytes]) =>
    plot.found(bytes).map((what) => `${where} shows ${what}`),
  );
  const broken = status === 70 || err.includes('internal error') || status === undefined;
  if (leaks.length === 0 && !broken && (!works || status === 0)) return undefined;
  return { way: way.name, words: words.join(' '), leaks, status, err: err.slice(0, 2000) };
}

async function faultsOf(trials: readonly Trial[]): Promise<readonly object[]> {
  const faults: object[] = [];
  await eachOf(trials, 4, async (each) => {
    const fault = await faultOf(each);
    if (fault !== undefined) faults.push(fault);
  });
  return faults;
}

const NAMES = COMMANDS.map(({ words }) => words.join(' '));

test('every command is tried', () => {
  expect(Object.keys(ROWS).sort()).toEqual([...NAMES].sort());
});

const GROUPS = [
  'Kubernetes takes them',
  'Kubernetes refuses them',
  'Kubernetes repeats them',
  'Kubernetes is not there',
  'a proxy refuses them',
  'etcd takes them',
  'etcd refuses them',
  'etcd repeats them',
  'etcd is not there',
];

describe.each(GROUPS)('where %s', (group) => {
  test('no command shows its credentials', async () => {
    const all = ways.groups[group]!;
    // Each command takes another way; one that reads takes all.
    const trials = NAMES.map((name, index) => trial(name, all[index % all.length]!));
    expect(await faultsOf(trials)).toEqual([]);
  }, 120_000);

  test('no way is leaky', async () => {
    expect(await faultsOf(ways.groups[group]!.map((way) => trial('get', way)))).toEqual([]);
  }, 60_000);
});

test('no program that was run got what is none of its business', () => {
  const environments = machine.environments();
  const programs = new Set([...environments.keys()].map((name) => name.replace(/\.\d+$/, '')));
  for (const name of ['docker', 'ip', 'nft', 'ipset', 'journalctl', 'ss']) expect(programs).toContain(name);
  const leaks = [...environments].flatMap(([name, text]) => {
    // It fetches images, from a cloud and through a proxy.
    const isOurs = (what: string) => !name.startsWith('docker') || !/proxy|cloud/.test(what);
    return plot
      .found(text)
      .filter(isOurs)
      .map((what) => `${name} got ${what}`);
  });
  expect(leaks).toEqual([]);
});

test('every group was tried', () => {
  expect(Object.keys(ways.groups).sort()).toEqual([...GROUPS].sort());
});
