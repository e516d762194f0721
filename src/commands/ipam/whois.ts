import type { Result } from '../../core/result.ts';
import { questionOf, whois } from '../../ipam/whois/whois.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption, dataFormat, namespaceOption } from '../../kit/options.ts';
import { openReading } from '../../kit/reading.ts';

export default defineCommand({
  summary: 'Tell who has an address, or which addresses a pod, interface, node or handle has, and why.',
  description: [
    'TARGET is an address, a pod as NAME or NAMESPACE/NAME, an interface such as cali12ab34cd56e, a node, a handle, a service, a virtual machine or a container. A name that says no namespace is looked for in all of them, or in that of -n.',
    'Every block that has the address is looked at, whether its pool is there, disabled or gone, and whether an endpoint, node or service really uses the address. The exit status is 1 where nothing is known.',
  ].join('\n\n'),
  examples: [
    'ipam whois 10.244.0.12',
    'ipam whois shop/web-0',
    'ipam whois web-0 -n shop -o yaml',
    'ipam whois cali12ab34cd56e',
    'ipam whois worker-1',
  ],
  args: { target: { arity: 'required', doc: 'An address, or the name of whoever has some.' } },
  options: {
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
    ...configOption,
    ...namespaceOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const question = questionOf(input.target, input.namespace);
    const reading = await openReading(context, input.config, 'ipam whois');
    const report = await whois(reading.store, input.target, question).finally(reading.end);
    if (format !== undefined) return { type: 'data', format, value: report };
    const { whoisText } = await import('../../ipam/whois/text.ts');
    return whoisText(report);
  },
});
