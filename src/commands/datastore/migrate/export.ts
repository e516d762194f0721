import { CalicoctlError } from '../../../core/errors.ts';
import type { ResourceSet, Result } from '../../../core/result.ts';
import { defineCommand } from '../../../kit/command.ts';
import { configOption } from '../../../kit/options.ts';
import type { StoreName } from '../../../migration/kinds.ts';
import { type ExportedList, exportOf } from '../../../migration/source.ts';
import { migrationStore } from '../../../migration/stores.ts';
import { lockState } from '../../../operations/lock.ts';

type Store = Parameters<typeof exportOf>[0];

async function refuseUnlocked(store: Store): Promise<void> {
  try {
    if ((await lockState(store, { required: true })).locked) return;
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    const { errorClass, message, details } = error;
    const hint = 'The datastore was never initialised: there is nothing to export.';
    throw new CalicoctlError(
      errorClass,
      `error while checking if datastore was locked: error retrieving ClusterInformation: ${message}`,
      errorClass === 'not-found' ? { ...details, hint } : details,
    );
  }
  throw new CalicoctlError(
    'usage',
    'datastore is not locked. Run the `calicoctl datastore migrate lock` command in order to begin migration',
  );
}

/** The reference exports from etcd only; where it is said where to, any datastore will do. */
function refuseKubernetes(store: Store, to: StoreName | undefined): void {
  if (to !== undefined || store.capabilities.name !== 'kubernetes') return;
  throw new CalicoctlError(
    'usage',
    'invalid datastore type: kubernetes to export from for datastore migration. Datastore type must be etcdv3',
    { hint: 'Say where the cluster moves to: `--to etcdv3`, `--to file` or `--to kubernetes`.' },
  );
}

function listOf({ kind, pages }: ExportedList): Result {
  const set: ResourceSet = { kind: kind.kind, list: true, pages, headings: [], cells: () => [] };
  return { type: 'resources', format: { type: 'yaml' }, sets: [set], errors: [] };
}

function text(line: string): Result {
  return { type: 'text', text: `${line}\n` };
}

export default defineCommand({
  summary: 'Print the data of the cluster, to be taken in by another datastore.',
  description: [
    'The datastore has to be locked. What is printed has three parts with lines of === between them: lists of resources in YAML, ClusterInformation, and the objects of address management.',
    'Without --to the export is for Kubernetes: nodes get the names that Kubernetes has for them. With --to they get them also where BGP peers and host endpoints name them; for etcdv3 and file nothing is renamed, and profiles and workload endpoints are exported too.',
  ].join('\n\n'),
  examples: [
    'datastore migrate export > cluster.export',
    'datastore migrate export --to etcdv3 > cluster.export',
  ],
  args: {},
  options: {
    to: {
      type: 'text',
      value: 'DATASTORE',
      doc: 'Where the cluster moves to: kubernetes (the default), etcdv3 or file.',
    },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const to = migrationStore(input.to);
    const store = await context.datastore({ config: input.config, access: 'write' });
    await refuseUnlocked(store);
    refuseKubernetes(store, to);
    const { lists, clusterInformation, addresses } = await exportOf(store, {
      to: to ?? 'kubernetes',
      everywhere: to === 'kubernetes',
      warn: context.warn,
    });
    return {
      type: 'sequence',
      results: [
        ...lists.flatMap((list) => [listOf(list), text('---')]),
        text('==='),
        { type: 'data', format: 'json', value: clusterInformation },
        text('==='),
        { type: 'stream', chunks: addresses },
      ],
    };
  },
});
