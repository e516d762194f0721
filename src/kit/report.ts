import { CalicoctlError } from '../core/errors.ts';
import type { ReportFormat, ReportResult, Severity } from '../core/result.ts';
import type { Manifest } from '../resources/manifest.ts';
import { Examination } from '../validation/examination.ts';
import type { Takes } from '../validation/live/overlay.ts';
import type { AcrossRule } from '../validation/rule.ts';
import type { Context } from './command.ts';
import { type ManifestInput, manifestsGiven, refuseEmptyNames } from './manifests.ts';

/** What is to be looked at, and what to tell of it. */
export interface ReportRequest extends ManifestInput {
  /** Those of `filename` that name something. */
  readonly files: readonly string[];
  readonly skipForeign: boolean;
  readonly namespace: string | undefined;
  readonly config: string | undefined;
  readonly format: ReportFormat;
  readonly summary: boolean;
  /** Undefined where the command line does not say: a lint file may. */
  readonly failOn: Severity | undefined;
  readonly ignore: readonly string[];
  readonly live: boolean;
  readonly fix: boolean;
  readonly noLint: boolean;
}

/** What makes the report, as often as it is called; with --fix, a second look follows where something was mended. */
export async function reporter(input: ReportRequest, context: Context): Promise<() => Promise<ReportResult>> {
  refuseEmptyNames(input);
  const lasting = withOneDatastore(context);
  const report = () => reportOf(input, lasting);
  if (!input.fix) return report;
  const { checkFixable, fixUntilDone } = await import('../validation/fix.ts');
  checkFixable(input.files);
  return () => fixUntilDone(report, context.io);
}

async function reportOf(input: ReportRequest, context: Context): Promise<ReportResult> {
  const { io } = context;
  const { files, format, failOn } = input;
  const { acrossRules, lintRules, summariesOf } = await import('../validation/index.ts');
  const { suppressionOf } = await import('../validation/ignores.ts');
  const suppression = await suppressionOf(input.ignore, io);
  const across = await acrossRules({ lint: !input.noLint });
  const examination = new Examination({
    namespaces: input.namespace === undefined ? {} : { namespace: input.namespace },
    across: input.live ? [] : across,
    suppression,
    written: input.live,
    lint: input.noLint ? [] : await lintRules(),
    listAll: format === 'junit',
  });
  let isComplete = true;
  if (input.live) {
    isComplete = await examineLive(examination, across, input, context);
  } else if (files.length > 0) {
    await examineGiven(examination, input, context);
  } else {
    await examination.enter('-');
    for await (const manifest of await manifestsGiven(input, io)) examination.take(manifest);
  }
  const { examined, ...found } = examination.finish();
  return {
    ...{ type: 'report', format, summary: input.summary, explain: summariesOf },
    failOn: failOn ?? suppression.failOn ?? 'error',
    ...found,
    ...(!isComplete && { incomplete: true }),
    ...(format === 'junit' && { examined }),
    ...(format === 'sarif' && { replacement: (await import('../validation/fix/spelling.ts')).replacementOf }),
  };
}

/** --watch looks again and again, at one datastore. */
function withOneDatastore(context: Context): Context {
  let store: ReturnType<Context['datastore']> | undefined;
  return {
    ...context,
    datastore(request) {
      store ??= context.datastore(request).catch((error) => {
        store = undefined;
        throw error;
      });
      return store;
    },
  };
}

async function examineGiven(
  examination: Pick<Examination, 'refuse'> & { take(manifest: Manifest): unknown },
  input: ReportRequest,
  { io, warn }: Context,
): Promise<void> {
  const { examineFiles } = await import('../validation/files.ts');
  const count = await examineFiles(examination, { ...input, io });
  if (count > 0) warn((await import('../validation/foreign.ts')).passedOver(count));
}

/** True where nothing was hidden from whoever asks. */
async function examineLive(
  examination: Examination,
  across: readonly AcrossRule[],
  input: ReportRequest,
  context: Context,
): Promise<boolean> {
  const { io, warn, datastore } = context;
  if (input.kind !== undefined)
    throw new CalicoctlError('usage', 'validate --live takes no KIND: it looks at every kind', {
      hint: 'Leave it out, or give files with -f.',
    });
  const { LiveExamination } = await import('../validation/live.ts');
  const store = await datastore({ config: input.config, access: 'read' });
  const { namespace } = input;
  const { writesOf } = await import('../reference/verbs.ts');
  const takes: Takes = (kind, write) => writesOf(kind, store.capabilities.name).includes(write);
  const { signal } = io;
  const live = new LiveExamination(examination, { store, takes, namespace, across, warn, signal });
  if (input.files.length === 0) return (await live.everything()).size === 0;
  await examineGiven(live, input, context);
  return (await live.overlaid()).size === 0;
}
