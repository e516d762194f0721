import { isError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption, dataFormat } from '../../kit/options.ts';
import { CLIENT_VERSION } from '../../operations/cluster-version.ts';
import { clusterInformation, type LockNote, lockStateOf } from '../../operations/lock.ts';
import type { Resource } from '../../resources/kind.ts';

interface Status {
  readonly datastore: string;
  /** Server, kubeconfig or folder, as the configuration has it. */
  readonly location: string;
  readonly reachable: boolean;
  /** Why it cannot be reached. */
  readonly error?: string;
  readonly clientVersion: string;
  readonly cluster?: { readonly guid?: string; readonly type?: string; readonly version?: string };
  /** `uninitialised` where no component of Calico has used the datastore yet. */
  readonly state?: 'ready' | 'locked' | 'uninitialised';
  readonly lock?: Partial<LockNote> & { readonly unlock: string };
}

const PLACES = {
  etcdv3: ['etcdEndpoints', 'etcdDiscoverySrv'],
  kubernetes: ['k8sAPIEndpoint', 'kubeconfig'],
} as const;

const UNLOCK = 'calicoctl datastore migrate unlock';

/** Masked where it may hold a secret. */
async function placeOf(
  settings: Awaited<ReturnType<Context['configuration']>>,
  context: Context,
): Promise<string> {
  if (settings.datastoreType === 'file') return settings.file.directory;
  const rows = new Map((await context.settingsOf(settings)).map(({ field, value }) => [field, value]));
  const places = PLACES[settings.datastoreType].map((field) => rows.get(field) ?? '');
  return places.find((text) => text !== '') ?? 'as the surroundings say';
}

/** When ClusterInformation last changed, and through which program, where the API server tells. */
function lastWrite({ metadata }: Resource): Partial<LockNote> {
  const writes = (metadata['managedFields'] ?? []) as readonly {
    readonly manager?: string;
    readonly time?: string;
    readonly fieldsV1?: { readonly 'f:spec'?: object };
  }[];
  const write = writes.findLast(({ fieldsV1 }) => 'f:datastoreReady' in (fieldsV1?.['f:spec'] ?? {}));
  return {
    ...(write?.time === undefined ? {} : { since: write.time }),
    ...(write?.manager === undefined ? {} : { holder: write.manager }),
  };
}

function stateOf(stored: Resource | undefined): Pick<Status, 'cluster' | 'state' | 'lock'> {
  if (stored === undefined) return { state: 'uninitialised' };
  const { clusterGUID, clusterType, calicoVersion } = stored.spec;
  const cluster = {
    ...(clusterGUID ? { guid: String(clusterGUID) } : {}),
    ...(clusterType ? { type: String(clusterType) } : {}),
    ...(calicoVersion ? { version: String(calicoVersion) } : {}),
  };
  const { locked, note } = lockStateOf(stored);
  if (!locked) return { cluster, state: 'ready' };
  return { cluster, state: 'locked', lock: { ...(note ?? lastWrite(stored)), unlock: UNLOCK } };
}

async function look(context: Context, config: string | undefined): Promise<Status> {
  const settings = await context.configuration(config);
  const known = {
    datastore: settings.datastoreType,
    location: await placeOf(settings, context),
    clientVersion: CLIENT_VERSION.version,
  };
  try {
    const store = await context.datastore({ config, access: 'read', unchecked: true });
    return { ...known, reachable: true, ...stateOf(await clusterInformation(store)) };
  } catch (error) {
    if (!isError(error, 'unavailable', 'timeout')) throw error;
    return { ...known, reachable: false, error: error.message };
  }
}

const STATES = {
  ready: 'ready',
  locked: 'locked: Calico hands out no addresses and programs nothing new',
  uninitialised: 'empty: no component of Calico has used it (`calicoctl datastore init` prepares it)',
} as const;

function lines(status: Status): readonly (readonly [string, string | undefined])[] {
  const { cluster, state, lock } = status;
  return [
    ['Datastore', `${status.datastore} (${status.location})`],
    ['Reachable', status.reachable ? 'yes' : `no: ${status.error}`],
    ['Client version', status.clientVersion],
    ['Cluster version', cluster && (cluster.version ?? 'unknown')],
    ['Cluster type', cluster?.type],
    ['Cluster GUID', cluster?.guid],
    ['State', state && STATES[state]],
    ['Locked since', lock && (lock.since ?? 'unknown')],
    ['Locked by', lock && (lock.holder ?? 'unknown')],
    ['Locked for', lock && (lock.purpose ?? 'unknown: no reason was noted')],
    ['To unlock', lock && `\`${lock.unlock}\`, once nothing needs the lock any more`],
  ];
}

function textOf(status: Status): string {
  const shown = lines(status).filter(([, value]) => value !== undefined);
  return shown.map(([name, value]) => `${`${name}:`.padEnd(18)}${value}\n`).join('');
}

export default defineCommand({
  summary: 'Show whether the datastore can be reached, whether it is locked, and by whom.',
  description:
    'The exit status is 1 where the datastore cannot be reached. Who locked it, when and why is known of locks with a note (`datastore migrate lock --reason`, `ipam repair`), and in part on Kubernetes.',
  examples: ['datastore status', 'datastore status -o json'],
  args: {},
  options: {
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const status = await look(context, input.config);
    const result: Result =
      format === undefined ? { type: 'text', text: textOf(status) } : { type: 'data', format, value: status };
    return { type: 'sequence', results: [result], status: status.reachable ? 0 : 1 };
  },
});
