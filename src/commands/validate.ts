import { CalicoctlError } from '../core/errors.ts';
import { REPORT_FORMATS, type ReportFormat, type ReportResult, type Severity } from '../core/result.ts';
import { defineCommand } from '../kit/command.ts';
import { manifestArguments, manifestsGiven } from '../kit/manifests.ts';
import { inputOptions, namespaceOption } from '../kit/options.ts';
import { Examination } from '../validation/examination.ts';

export default defineCommand({
  summary: 'Check resources in files or standard input, without a datastore.',
  examples: ['validate -f pool.yaml', 'validate -f manifests/ -R', 'validate -f manifests/ -R -o sarif'],
  args: manifestArguments,
  options: {
    ...inputOptions,
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
      default: 'error',
      doc: 'Least severity that makes the command fail: error or warning.',
    },
    noLint: { type: 'flag', doc: 'Leave out the warnings that go beyond the rules of Calico.' },
  },
  async run(input, { io }): Promise<ReportResult> {
    const format = formatNamed(input.output);
    const failOn = severityNamed(input.failOn);
    const { acrossRules, lintRules, summariesOf } = await import('../validation/index.ts');
    const examination = new Examination({
      namespaces: input.namespace === undefined ? {} : { namespace: input.namespace },
      across: await acrossRules(),
      lint: input.noLint ? [] : await lintRules(),
      listAll: format === 'junit',
    });
    const files = input.filename.filter((file) => file !== '');
    if (files.length > 0) {
      const { examineFiles } = await import('../validation/files.ts');
      await examineFiles(examination, { ...input, files, io });
    } else {
      for await (const manifest of await manifestsGiven(input, io)) examination.take(manifest);
    }
    const { examined, ...found } = examination.finish();
    return {
      ...{ type: 'report', format, failOn, summary: input.summary, explain: summariesOf },
      ...found,
      ...(format === 'junit' && { examined }),
    };
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
