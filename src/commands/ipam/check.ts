import { resolve } from 'node:path';
import type { Result } from '../../core/result.ts';
import type { SurveyOptions } from '../../ipam/survey/read.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption, dataFormat } from '../../kit/options.ts';
import { openProgress } from '../../kit/progress.ts';
import { servicesOf, servicesOption } from '../../kit/services.ts';

type Store = Awaited<ReturnType<Context['datastore']>>;

export default defineCommand({
  summary: 'Check that records of addresses are sound and go together with who uses addresses.',
  description: [
    'Reads every block, pool, node, service, workload endpoint and handle, and tells which addresses have leaked, are used without being allocated, have several users, and which handles and blocks are wrong. Nothing is changed. What seems wrong is looked at twice, so that workloads that come and go meanwhile are no findings.',
    'Services are read from the Kubernetes datastore; with another datastore from the cluster of --kubeconfig or KUBECONFIG, or not at all.',
    '-o FILE writes a report of every address, for `ipam release --from-report`. -o json and -o yaml print the findings instead: code, severity, cause, age, owner, evidence and fix of each. A report in a file of such a name is -o ./json.',
  ].join('\n\n'),
  examples: [
    'ipam check',
    'ipam check --show-problem-ips',
    'ipam check -o report.json',
    'ipam check -o json --fail-on-problems',
    'ipam check --explain-full worker-1',
  ],
  args: {},
  options: {
    showAllIps: { type: 'flag', doc: 'Print every address that is looked at.' },
    showProblemIps: { type: 'flag', doc: 'Print the addresses that are problems.' },
    output: {
      type: 'text',
      short: 'o',
      value: 'FILE',
      doc: 'File for the report; or json or yaml, for findings on standard output.',
    },
    failOnProblems: {
      type: 'flag',
      doc: 'Exit with 1 where there is a problem, or a finding that is an error.',
    },
    explainFull: {
      type: 'text',
      value: 'NODE|POOL',
      doc: 'Tell instead, step by step, whether a node or the nodes of a pool get a free address, and why not.',
    },
    ...servicesOption,
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const store = await context.datastore({ config: input.config, access: 'read' });
    const services = servicesOf(context, store, { config: input.config, kubeconfig: input.kubeconfig });
    const progress = openProgress(context.io, 'ipam check', undefined);
    const reading: SurveyOptions = {
      ...(services && { services }),
      progress: progress.at,
    };
    if (input.explainFull !== undefined)
      return explained(store, reading, { name: input.explainFull, output: input.output, end: progress.end });
    if (input.output === 'json' || input.output === 'yaml')
      return checkData(store, reading, { ...input, format: input.output, end: progress.end }, context.io.err);
    const report = input.output ? { report: resolve(context.io.cwd, input.output) } : {};
    const { checkStream } = await import('../../ipam/check/stream.ts');
    return checkStream(
      store,
      { ...reading, ...report, showAll: input.showAllIps, showProblems: input.showProblemIps },
      {
        failOnProblems: input.failOnProblems,
        remark: context.io.err,
        clear: progress.end,
      },
    );
  },
});

async function explained(
  store: Store,
  reading: SurveyOptions,
  wanted: { readonly name: string; readonly output: string | undefined; readonly end: () => void },
): Promise<Result> {
  const format = dataFormat(wanted.output);
  const { explainNamed } = await import('../../ipam/explain/explain.ts');
  const explanation = await explainNamed(store, reading, wanted.name).finally(wanted.end);
  if (format === undefined) {
    const { explanationText } = await import('../../ipam/explain/text.ts');
    return { type: 'text', text: explanationText(explanation) };
  }
  const { explanationData } = await import('../../ipam/explain/data.ts');
  return { type: 'data', format, value: explanationData(explanation) };
}

async function checkData(
  store: Store,
  reading: SurveyOptions,
  wanted: { readonly format: 'json' | 'yaml'; readonly failOnProblems: boolean; readonly end: () => void },
  remark: (text: string) => void,
): Promise<Result> {
  const { findAll, unseenText } = await import('../../ipam/check/find.ts');
  const { readSurvey } = await import('../../ipam/survey/read.ts');
  const { checkDocument, checkJson } = await import('../../ipam/check/document.ts');
  const survey = await readSurvey(store, { ...reading, unseen: [] }).finally(wanted.end);
  let failed = false;
  const findings = async function* () {
    for await (const finding of findAll(store, survey)) {
      failed ||= finding.counted || finding.severity === 'error';
      yield finding;
    }
    remark(unseenText(survey));
  };
  const status = () => (wanted.failOnProblems && failed ? 1 : 0);
  if (wanted.format === 'json')
    return { type: 'stream', chunks: checkJson(survey, findings(), new Date()), status };
  const value = await checkDocument(survey, findings(), new Date());
  return { type: 'sequence', results: [{ type: 'data', format: 'yaml', value }], status: status() };
}
