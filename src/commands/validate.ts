import { CalicoctlError } from '../core/errors.ts';
import { REPORT_FORMATS, type ReportFormat, type ReportResult, type Severity } from '../core/result.ts';
import { defineCommand } from '../kit/command.ts';
import { manifestArguments } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption } from '../kit/options.ts';
import { reporter } from '../kit/report.ts';
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
      doc: "Pass over documents that are none of Calico's: of other APIs, or without a kind. Says how many they were.",
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
    const format = formatNamed(input.output);
    const failOn = input.failOn === undefined ? undefined : severityNamed(input.failOn);
    const once = await reporter({ ...input, files, format, failOn }, context);
    if (!input.watch) return once();
    const { checkWatchable, watchFiles } = await import('../validation/watch.ts');
    checkWatchable(files);
    return watchFiles({ ...input, files, io: context.io }, async () => context.show(await once()));
  },
});

function formatNamed(word: string): ReportFormat {
  const format = REPORT_FORMATS.find((known) => known === word);
  if (format !== undefined) return format;
  throw new CalicoctlError('usage', `unrecognized output format '${word}': use ${REPORT_FORMATS.join(', ')}`);
}

function severityNamed(word: string): Severity {
  if (word === 'error' || word === 'warning') return word;
  throw new CalicoctlError('usage', `unrecognized severity '${word}' for --fail-on: use error or warning`);
}
