/** What the kernel, BIRD and the CNI plugin of a node say, asked for in its calico-node pod. */
import type { Collector } from '../../bundle/collector.ts';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Cluster, Executed } from '../../datastore/cluster.ts';
import type { Watch } from './lists.ts';
import { containersOf } from './pods.ts';
import type { ChosenPod } from './workloads.ts';

const CONTAINER = 'calico-node';
/** One program. */
const PROGRAM_MS = 45_000;
const OUTPUT_BYTES = 32 << 20;

/** Files and the command lines whose output they hold. */
const KERNEL: readonly (readonly [file: string, command: string])[] = [
  ['iptables-legacy-save.txt', 'iptables-legacy-save -c'],
  ['iptables-nft-save.txt', 'iptables-nft-save -c'],
  ['nft-ruleset.txt', 'nft -n -a list ruleset'],
  ['ip-route.txt', 'ip route show table all'],
  ['ip-route-v6.txt', 'ip -6 route show table all'],
  ['ip-rule.txt', 'ip rule'],
  ['ip-addr.txt', 'ip addr'],
  ['ip-link.txt', 'ip link'],
  ['ip-neigh.txt', 'ip neigh'],
  ['ipset-list.txt', 'ipset list'],
  ['conntrack-list.txt', 'conntrack -LSC'],
  ['tc-qdisc.txt', 'tc qdisc show'],
];

/** Beyond what the reference collects. */
const BGP: readonly (readonly [file: string, command: string])[] = [
  ['bird-protocols.txt', 'birdcl -s /var/run/calico/bird.ctl show protocols all'],
  ['bird-routes.txt', 'birdcl -s /var/run/calico/bird.ctl show route'],
  ['bird6-protocols.txt', 'birdcl -s /var/run/calico/bird6.ctl show protocols all'],
  ['bird6-routes.txt', 'birdcl -s /var/run/calico/bird6.ctl show route'],
  ['bird.cfg', 'cat /etc/calico/confd/config/bird.cfg'],
  ['bird6.cfg', 'cat /etc/calico/confd/config/bird6.cfg'],
];

const BPF: readonly (readonly [words: string, file: string])[] = [
  ['conntrack dump', 'bpf-conntrack'],
  ['ipsets dump', 'bpf-ipsets'],
  ['nat dump', 'bpf-nat'],
  ['routes dump', 'bpf-routes'],
  ['counters dump', 'bpf-counters'],
  ['arp dump', 'bpf-arp'],
  ['ifstate dump', 'bpf-ifstate'],
  ['conntrack stats', 'bpf-conntrack-stats'],
  ['nat aff', 'bpf-nat-aff'],
  ['nat maglev', 'bpf-nat-maglev'],
];

/** Logs, and maps, of a node that names more than there can be. */
const MOST = 500;
const CNI_LOGS = '/var/log/calico/cni';

export interface NodeSource {
  readonly cluster: Cluster;
  readonly watch: Watch;
  readonly bpf: boolean;
  guarded(node: string, step: Step): Step;
}

type Exec = (command: readonly [string, ...string[]]) => Promise<Executed>;

/** The pod of a node with Windows is called calico-node too, but has nothing of what is asked for here. */
export function hasNodeContainer({ object }: ChosenPod): boolean {
  return containersOf(object).includes(CONTAINER);
}

/** Steps of one node, by its calico-node pod. */
export function dataplaneSteps({ cluster, watch, bpf, guarded }: NodeSource, pod: ChosenPod): Step[] {
  const { namespace, name, node } = pod;
  const exec: Exec = (command) =>
    cluster.exec({
      ...{ namespace, pod: name, container: CONTAINER, command },
      ...{ timeoutMs: PROGRAM_MS, limit: OUTPUT_BYTES },
    });
  const folder = `nodes/${node}`;
  const step = (what: string, work: Step['work']) =>
    guarded(node, { name: `${what} on node ${node}`, timeoutMs: 2 * PROGRAM_MS, work });
  const commands = [...KERNEL, ...BGP, ...(bpf ? [['bpf-prog.txt', 'bpftool prog list'] as const] : [])];
  return [
    ...commands.map(([file, command]) =>
      step(command, async (collect) => {
        const ran = await exec(words(command));
        await keep(collect, watch, `${folder}/${file}`, ran);
        demand(ran);
      }),
    ),
    ...(bpf
      ? BPF.map(([of, file]) => step(`calico-node -bpf ${of}`, bpfWork(exec, watch, of, `${folder}/${file}`)))
      : []),
    ...(bpf ? [step('bpftool map list', mapsWork(exec, watch, folder))] : []),
    step('CNI logs', cniWork(exec, watch, folder)),
  ];
}

function words(command: string): [string, ...string[]] {
  return command.split(' ') as [string, ...string[]];
}

/** What a program said, on both streams. */
async function keep({ stream }: Collector, watch: Watch, file: string, ran: Executed): Promise<void> {
  await stream(
    file,
    watch(
      file,
      (async function* () {
        yield ran.stdout;
        if (ran.stderr !== '') yield ran.stderr;
      })(),
    ),
  );
}

/** Throws where the program failed, in its own words. */
function demand({ exitCode, failure, stderr, stdout }: Executed): void {
  if (exitCode === 0) return;
  const said = (stderr.trim() || stdout.trim()).slice(-300);
  const status = failure ?? `it ended with status ${exitCode}`;
  // Of BIRD's two there is often only one, and an image has not all of these programs.
  if (/not found|no such file/i.test(`${status} ${said}`))
    throw new Skipped(said === '' ? status : `${status}: ${said}`);
  throw new CalicoctlError(
    'not-supported',
    said === '' || failure !== undefined ? status : `${status}: ${said}`,
  );
}

function bpfWork(exec: Exec, watch: Watch, of: string, file: string): Step['work'] {
  return async (collect) => {
    const json = await exec(['calico', 'component', 'node', 'bpf', ...of.split(' '), '--json']);
    if (json.exitCode === 0) return keep(collect, watch, `${file}.json`, json);
    const text = await exec(['calico-node', '-bpf', ...of.split(' ')]);
    await keep(collect, watch, `${file}.txt`, text);
    demand(text);
  };
}

const MAP = /^(\d+):.*name (cali\w+)/;

function mapsWork(exec: Exec, watch: Watch, folder: string): Step['work'] {
  return async (collect) => {
    const list = await exec(['bpftool', 'map', 'list']);
    await keep(collect, watch, `${folder}/bpf-maps.txt`, list);
    demand(list);
    const maps = list.stdout.split('\n').map((line) => MAP.exec(line));
    for (const [, id, name] of maps.filter((map) => map !== null).slice(0, MOST)) {
      if (collect.signal.aborted) return;
      const dump = await exec(['bpftool', 'map', 'dump', 'id', id!]);
      await keep(collect, watch, `${folder}/bpf-maps/${name}-id_${id}.txt`, dump);
      demand(dump);
    }
  };
}

function cniWork(exec: Exec, watch: Watch, folder: string): Step['work'] {
  return async (collect) => {
    const list = await exec(['ls', CNI_LOGS]);
    demand(list);
    const names = new Set(list.stdout.split(/\s+/).filter((name) => /^[\w][\w.@-]*$/.test(name)));
    for (const name of [...names].slice(0, MOST)) {
      if (collect.signal.aborted) return;
      const log = await exec(['cat', `${CNI_LOGS}/${name}`]);
      await keep(collect, watch, `${folder}/${name}.log`, log);
      demand(log);
    }
  };
}
