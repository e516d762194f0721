import { CalicoctlError } from '../../../core/errors.ts';
import type { Result } from '../../../core/result.ts';
import { type Context, defineCommand } from '../../../kit/command.ts';
import { lockNote } from '../../../kit/lock-note.ts';
import { configOption, dataFormat } from '../../../kit/options.ts';
import { openProgress } from '../../../kit/progress.ts';
import { importCluster } from '../../../migration/import.ts';
import type { StoreName } from '../../../migration/kinds.ts';
import { migrationStore } from '../../../migration/stores.ts';
import type { DefinitionGroup } from '../../../resources/definition.ts';

type Configuration = Awaited<ReturnType<Context['configuration']>>;

/** The datastore that is configured has to be the one that is meant; the reference means Kubernetes. */
function refuseOther({ datastoreType }: Configuration, to: StoreName): void {
  if (datastoreType === to) return;
  throw new CalicoctlError(
    'usage',
    `invalid datastore type: ${datastoreType} to import to for datastore migration. Datastore type must be ${to}`,
    {
      hint: `Configure the datastore that the cluster moves to, or import into this one with \`--to ${datastoreType}\`.`,
    },
  );
}

/** In which group Calico's kinds are, where the configuration says so. */
function groupOf(configuration: Configuration) {
  const setting =
    configuration.datastoreType === 'kubernetes' ? configuration.kubernetes.calicoApiGroup : undefined;
  if (!setting) return undefined;
  return setting.toLowerCase() === 'projectcalico.org/v3' ? 'projectcalico.org' : 'crd.projectcalico.org';
}

interface Look {
  readonly store: Awaited<ReturnType<Context['datastore']>>;
  readonly config: string | undefined;
  readonly file: string;
  readonly group: ReturnType<typeof groupOf>;
  readonly format: 'json' | 'yaml' | undefined;
}

async function lookFirst({ store, config, file, group, format }: Look, context: Context): Promise<Result> {
  const { preflight } = await import('../../../migration/preflight/preflight.ts');
  const { preflightResults, preflightStatus } = await import('../../../migration/preflight/words.ts');
  const rights = async (chosen: DefinitionGroup) => {
    const { missingRights } = await import('../../../migration/preflight/rights.ts');
    const cluster = await context.cluster({ config });
    return missingRights((access) => cluster.allowed(access), chosen);
  };
  const isKubernetes = store.capabilities.name === 'kubernetes';
  const missingRights = isKubernetes ? rights : undefined;
  const found = await preflight({ file, io: context.io, store, group, missingRights });
  const results: readonly Result[] =
    format === undefined ? preflightResults(found) : [{ type: 'data', format, value: found }];
  return { type: 'sequence', results, status: preflightStatus(found) };
}

export default defineCommand({
  summary: 'Take in the data of a cluster that was exported from another datastore.',
  description: [
    'The datastore has to be empty; on Kubernetes the definitions of kinds are made. It is locked from the beginning, and stays locked: unlock it when the components of Calico use it.',
    'An import that did not get to its end is gone on with by running it again with the same file. Nothing that is there is overwritten. At the end everything is read back and compared with the file.',
  ].join('\n\n'),
  examples: [
    'datastore migrate import -f cluster.export',
    'datastore migrate import --dry-run -f cluster.export',
    'datastore migrate import --to etcdv3 -f - < cluster.export',
  ],
  args: {},
  options: {
    filename: {
      type: 'text',
      short: 'f',
      value: 'FILE',
      default: '',
      doc: 'What `datastore migrate export` printed, or - for standard input.',
    },
    to: {
      type: 'text',
      value: 'DATASTORE',
      doc: 'The datastore to import into: kubernetes (the default), etcdv3 or file; the configuration has to be of it.',
    },
    dryRun: {
      type: 'flag',
      doc: 'Only say what would be done and what stands in the way; nothing is changed or locked.',
    },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml, with --dry-run.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const { filename } = input;
    const format = dataFormat(input.output);
    if (format !== undefined && !input.dryRun)
      throw new CalicoctlError('usage', '-o is the format of what --dry-run finds: add --dry-run');
    const configuration = await context.configuration(input.config);
    refuseOther(configuration, migrationStore(input.to) ?? 'kubernetes');
    const request = { config: input.config, access: 'write', unchecked: true } as const;
    const store = await context.datastore(request);
    if (input.dryRun)
      return lookFirst(
        { store, config: input.config, file: filename, group: groupOf(configuration), format },
        context,
      );
    const chunks = importCluster({
      ...{ file: input.filename, io: context.io, store, group: groupOf(configuration) },
      note: lockNote(`import of ${filename === '-' ? 'standard input' : filename}`),
      tell: (text) => context.io.err(`${text}\n`),
      progress: (what, total) => openProgress(context.io, what, total),
      uninterrupted: () => context.datastore({ ...request, uninterrupted: true }),
    });
    return { type: 'stream', chunks };
  },
});
