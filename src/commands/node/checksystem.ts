import { resolve } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { oneOf } from '../../kit/options.ts';
import type { Check } from '../../node/checksystem/check.ts';
import { checkSystem, type SystemReport } from '../../node/checksystem/checksystem.ts';

const FORMATS = ['wide', 'json', 'yaml'] as const;

/** What the reference prints; what is new stands behind it, on standard error. */
async function asText({ text, further, meetsMinimum }: SystemReport, context: Context): Promise<Result> {
  await context.show({ type: 'text', text });
  for (const { name, status, found, advice } of further)
    if (status === 'warn' || status === 'fail')
      context.warn(`${status.toUpperCase()} ${name}: ${found}. ${advice}`);
  const message = "system doesn't meet one or more minimum systems requirements to run Calico";
  return {
    type: 'text',
    text: '',
    errors: meetsMinimum ? [] : [new CalicoctlError('not-supported', message)],
  };
}

function row({ name, status, found, advice = '' }: Check): readonly string[] {
  return [name, status.toUpperCase(), found, advice];
}

export default defineCommand({
  summary: 'Check whether this machine can run Calico.',
  description:
    'The kernel and its modules decide, as ever. What else can spoil the network of a node is told on standard error where it is not as it should be: data planes, forwarding, reverse path filtering, the connection table, MTUs, ports, other programs that change the network. `-o wide`, `-o json` and `-o yaml` show every check with what was found and what to do; there the exit status is 1 where any check fails.\n\nRoot is not needed.',
  examples: ['node checksystem', 'node checksystem -f /boot/config-6.1.0', 'node checksystem -o json'],
  args: {},
  options: {
    kernelConfig: {
      type: 'text',
      short: 'f',
      value: 'FILE',
      doc: 'Configuration that the kernel was built with (default: the usual places).',
    },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'wide, json or yaml.' },
  },
  async run(input, context): Promise<Result> {
    const output = oneOf(FORMATS, 'output format', input.output, 'wide, json or yaml');
    const host = await context.host();
    const file = input.kernelConfig ? resolve(context.io.cwd, input.kernelConfig) : undefined;
    if (file !== undefined && !host.exists(file))
      throw new CalicoctlError('input', `there is no configuration of a kernel at ${file}`);
    const report = await checkSystem(host, file);
    if (output === undefined) return asText(report, context);
    const { kernel, meetsMinimum, counts, checks } = report;
    const shown: Result =
      output === 'wide'
        ? { type: 'table', headings: ['CHECK', 'STATUS', 'FOUND', 'WHAT TO DO'], rows: checks.map(row) }
        : {
            type: 'data',
            format: output,
            value: { kernel, meetsMinimum, counts, checks },
          };
    return { type: 'sequence', results: [shown], status: counts.fail > 0 ? 1 : 0 };
  },
});
