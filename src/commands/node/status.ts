import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption, oneOf } from '../../kit/options.ts';
import { clusterOption } from '../../kit/services.ts';
import { nodeStatus } from '../../node/status/status.ts';

const FORMATS = ['wide', 'json', 'yaml'] as const;

async function waitOf(wait: string | undefined, established: boolean): Promise<number> {
  if (wait === undefined) return 0;
  if (!established)
    throw new CalicoctlError('usage', '--wait says how long to wait for --require-established: give both');
  const { milliseconds } = await import('../../kit/duration.ts');
  return milliseconds(wait, '--wait');
}

const FORMATS_OF_ALL = [...FORMATS, 'dot', 'html'] as const;
const WAYS = ['status', 'exec'] as const;
/** calico/node answers a CalicoNodeStatus within seconds of seeing it, and tries again after five. */
const WAIT_MS = 20_000;

interface OfAll {
  readonly output: string | undefined;
  readonly via: string | undefined;
  readonly yes: boolean;
  readonly wait: string | undefined;
  readonly requireEstablished: boolean;
  readonly birdSocket: readonly string[];
  readonly kubeconfig: string | undefined;
  readonly config: string | undefined;
}

/** The nodes of the cluster, asked from wherever this runs. */
async function statusOfAll(input: OfAll, context: Context): Promise<Result> {
  if (input.birdSocket.length > 0)
    throw new CalicoctlError(
      'usage',
      '--bird-socket is about this node, and --all about those of the cluster',
    );
  const format = oneOf(FORMATS_OF_ALL, 'output format', input.output);
  const via = oneOf(WAYS, '--via', input.via);
  const [config, kubeconfig] = [input.config, input.kubeconfig];
  const [{ milliseconds }, { confirm }, { openProgress }, { everywhere }] = await Promise.all([
    import('../../kit/duration.ts'),
    import('../../kit/confirm.ts'),
    import('../../kit/progress.ts'),
    import('../../node/everywhere/result.ts'),
  ]);
  const waitMs = input.wait === undefined ? WAIT_MS : milliseconds(input.wait, '--wait');
  // A kubeconfig that happens to lie around may be of another cluster than the datastore.
  const { datastoreType } = await context.configuration(config);
  const isKnown = datastoreType === 'kubernetes' || kubeconfig !== undefined || via === 'exec';
  const progress = openProgress(context.io, 'node status', undefined);
  const quietly = (text: string) => {
    progress.end();
    context.warn(text);
  };
  return everywhere(
    {
      store: once(() => context.datastore({ config, access: 'read' })),
      writer: once(() => context.datastore({ config, access: 'write', uninterrupted: true })),
      cluster: isKnown ? once(() => context.cluster({ config, kubeconfig })) : undefined,
    },
    {
      ...{ format, via, waitMs, signal: context.io.signal, established: input.requireEstablished },
      consent: async (question) => {
        progress.end();
        return input.yes || (await confirm(context.io, question)) === true;
      },
      ...{ warn: quietly, progress: progress.at, ready: progress.end },
    },
  );
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}

function refuseWithoutAll({ via, yes, kubeconfig, config }: Partial<OfAll>): void {
  const given = { '--via': via, '--yes': yes || undefined, '--kubeconfig': kubeconfig, '--config': config };
  const flag = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (flag !== undefined)
    throw new CalicoctlError('usage', `${flag} is about --all: this node is asked as it is`);
}

export default defineCommand({
  summary: 'Show whether Calico runs on this machine, and its BGP sessions.',
  description:
    'BIRD is asked over its control socket: `/var/run/calico/bird.ctl` and `bird6.ctl`, else the same in `/var/run/bird`. The text is about peers that Calico configured; `-o wide`, `-o json` and `-o yaml` show every session of every BIRD that is found, with addresses, AS numbers, the last error and counts of routes.\n\nRoot is not needed where the socket may be opened. The exit status is 1 where Felix does not run, a BIRD does not answer, or sessions are missing that `--require-established` asks for.\n\nWith `--all` the nodes of the cluster are asked, from wherever this runs. Where the cluster is known as a Kubernetes, BIRD is asked in the calico-node pods, which needs the right to `create pods/exec`, changes nothing and tells most. Nodes that cannot be asked so, and all nodes of other datastores, tell through CalicoNodeStatus resources: those that are there and fresh are read, and `--yes`, or a yes on the terminal, makes one for each other node, waits for its answer and removes it. `--via` keeps to one way. Nodes that could not be asked are named with the reason, and make the exit status 1. `-o dot` and `-o html` draw who speaks BGP with whom; sessions are shown as both of their ends see them.',
  examples: [
    'node status',
    'node status -o wide',
    'node status --bird-socket /run/bird/bird.ctl -o json',
    'node status --require-established --wait 2m',
    'node status --all',
    'node status --all --via status --yes -o json',
    'node status --all -o html > bgp.html',
  ],
  args: {},
  options: {
    output: {
      type: 'text',
      short: 'o',
      value: 'FORMAT',
      doc: 'wide, json or yaml; with --all also dot or html.',
    },
    birdSocket: {
      type: 'list',
      value: 'PATH',
      doc: 'Control socket to ask, whatever processes run; may be repeated.',
    },
    requireEstablished: {
      type: 'flag',
      doc: 'Fail unless all BGP sessions are established that are not switched off, and one at least.',
    },
    wait: {
      type: 'text',
      value: 'DURATION',
      doc: 'How long to wait for --require-established, e.g. 2m; it looks once unless given. With --all: how long nodes have to answer a CalicoNodeStatus (20s).',
    },
    all: { type: 'flag', doc: 'Show every node of the cluster.' },
    via: {
      type: 'text',
      value: 'WAY',
      doc: 'How to ask with --all: exec (BIRD, in the pods) or status (CalicoNodeStatus resources); both unless given.',
    },
    yes: {
      type: 'flag',
      short: 'y',
      doc: 'With --all: make a CalicoNodeStatus for each node that has none, and remove it, without a question.',
    },
    ...clusterOption,
    ...configOption,
  },
  async run(input, context) {
    if (input.all) return statusOfAll(input, context);
    refuseWithoutAll(input);
    const format = oneOf(FORMATS, 'output format', input.output, 'wide, json or yaml');
    const waitMs = await waitOf(input.wait, input.requireEstablished);
    return nodeStatus(await context.host(), {
      format,
      sockets: input.birdSocket,
      established: input.requireEstablished,
      waitMs,
      signal: context.io.signal,
    });
  },
});
