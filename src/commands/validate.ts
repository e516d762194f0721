import { CalicoctlError } from '../core/errors.ts';
import { REPORT_FORMATS, type ReportFormat, type ReportResult, type Severity } from '../core/result.ts';
import { type Context, defineCommand } from '../kit/command.ts';
import { manifestArguments, manifestsGiven } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption } from '../kit/options.ts';
import type { Manifest } from '../resources/manifest.ts';
import { Examination } from '../validation/examination.ts';
import type { Takes } from '../validation/live/overlay.ts';
import { withFilesAmongWords } from '../validation/words.ts';

export default defineCommand({
  summary: 'Check resources in files or standard input, without a datastore or, with --live, with one.',
  description:
    'Files may also be given without -f: words are files where the first one ends in .yaml, .yml or .json, has a ' +
    'slash, or has a dot and is there.',
  examples: [
    'validate -f pool.yaml',
    'validate -f manifests/ -R',
    'validate -f manifests/ -R -o sarif',
    'validate --live',
    'validate --live -f manifests/ -R',
  ],
  args: manifestArguments,
  options: {
    ...inputOptions,
    skipForeign: {
      type: 'flag',
      doc: "Pass over documents of other APIs than Calico's and those without a kind; say how many they were.",
    },
    ...namespaceOption,
    output: {
      type: 'text',
      short: 'o',
      value: 'FORMAT',
      default: 'text',
      doc: `Format of the report: ${REPORT_FORMATS.join(', ')}.`,
    },
    summary: { type: 'flag', doc: 'Add how often each rule was broken, and in which files.' },
    failOn: {
      type: 'text',
      value: 'SEVERITY',
      doc: 'Least severity that makes the command fail: error (the default) or warning.',
    },
    live: {
      type: 'flag',
      doc: 'Check what the datastore holds or, with -f, what would be wrong in it after an apply of the files.',
    },
    ...configOption,
    fix: {
      type: 'flag',
      doc: 'Rewrite in the files what has one right answer, then report what is left.',
    },
    watch: { type: 'flag', doc: 'Go on, and check again whenever a file changes.' },
    ignore: {
      type: 'list',
      value: 'RULES',
      doc: 'Rules whose warnings to leave out, e.g. CAL2001,CAL2003 or CAL20 for all that begin so; may be repeated.',
    },
    noLint: { type: 'flag', doc: 'Leave out the warnings that go beyond the rules of Calico.' },
  },
  async run(given, context): Promise<ReportResult> {
    const input = withFilesAmongWords(given, context.io.cwd);
    const files = input.filename.filter((file) => file !== '');
    const once = await reporter({ ...input, files }, context);
    if (!input.watch) return once();
    const { checkWatchable, watchFiles } = await import('../validation/watch.ts');
    checkWatchable(files);
    return watchFiles({ ...input, files, io: context.io }, async () => context.show(await once()));
  },
});

interface ValidateInput extends LiveInput {
  readonly names: readonly string[];
  readonly filename: readonly string[];
  readonly output: string;
  readonly summary: boolean;
  readonly failOn: string | undefined;
  readonly ignore: readonly string[];
  readonly live: boolean;
  readonly fix: boolean;
  readonly noLint: boolean;
}

/** Reads the options, and gives what looks at everything once; with --fix, twice where something was mended. */
async function reporter(input: ValidateInput, context: Context): Promise<() => Promise<ReportResult>> {
  const format = formatNamed(input.output);
  const failOn = input.failOn === undefined ? undefined : severityNamed(input.failOn);
  const lasting = withOneDatastore(context);
  const report = () => reportOf(input, { format, failOn }, lasting);
  if (!input.fix) return report;
  const { checkFixable, fixUntilDone } = await import('../validation/fix.ts');
  checkFixable(input.files);
  return () => fixUntilDone(report, context.io);
}

async function reportOf(
  input: ValidateInput,
  { format, failOn }: { readonly format: ReportFormat; readonly failOn: Severity | undefined },
  context: Context,
): Promise<ReportResult> {
  const { io } = context;
  const { files } = input;
  const { acrossRules, lintRules, summariesOf } = await import('../validation/index.ts');
  const { suppressionOf } = await import('../validation/ignores.ts');
  const suppression = await suppressionOf(input.ignore, io);
  const examination = new Examination({
    namespaces: input.namespace === undefined ? {} : { namespace: input.namespace },
    across: input.live ? [] : await acrossRules({ lint: !input.noLint }),
    suppression,
    written: input.live,
    lint: input.noLint ? [] : await lintRules(),
    listAll: format === 'junit',
  });
  let isComplete = true;
  if (input.live) {
    isComplete = await examineLive(examination, input, context);
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
  input: LiveInput,
  { io, warn }: Context,
): Promise<void> {
  const { examineFiles } = await import('../validation/files.ts');
  const count = await examineFiles(examination, { ...input, io });
  if (count > 0) warn((await import('../validation/foreign.ts')).passedOver(count));
}

interface LiveInput {
  readonly files: readonly string[];
  readonly kind: string | undefined;
  readonly recursive: boolean;
  readonly skipEmpty: boolean;
  readonly skipForeign: boolean;
  readonly config: string | undefined;
  readonly namespace: string | undefined;
  readonly noLint: boolean;
}

/** True where nothing was hidden from whoever asks. */
async function examineLive(examination: Examination, input: LiveInput, context: Context): Promise<boolean> {
  const { io, warn, datastore } = context;
  if (input.kind !== undefined)
    throw new CalicoctlError('usage', 'validate --live takes no KIND: it looks at every kind', {
      hint: 'Leave it out, or give files with -f.',
    });
  const { LiveExamination } = await import('../validation/live.ts');
  const { acrossRules } = await import('../validation/index.ts');
  const store = await datastore({ config: input.config, access: 'read' });
  const { namespace } = input;
  const across = await acrossRules({ lint: !input.noLint });
  const { writesOf } = await import('../reference/verbs.ts');
  const takes: Takes = (kind, write) => writesOf(kind, store.capabilities.name).includes(write);
  const { signal } = io;
  const live = new LiveExamination(examination, { store, takes, namespace, across, warn, signal });
  if (input.files.length === 0) return (await live.everything()).size === 0;
  await examineGiven(live, input, context);
  return (await live.overlaid()).size === 0;
}

function formatNamed(word: string): ReportFormat {
  const format = REPORT_FORMATS.find((known) => known === word);
  if (format !== undefined) return format;
  throw new CalicoctlError('usage', `unrecognized output format '${word}': use ${REPORT_FORMATS.join(', ')}`);
}

function severityNamed(word: string): Severity {
  if (word === 'error' || word === 'warning') return word;
  throw new CalicoctlError('usage', `unrecognized severity '${word}' for --fail-on: use error or warning`);
}
