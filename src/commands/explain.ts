import { CalicoctlError } from '../core/errors.ts';
import type { Result } from '../core/result.ts';
import { didYouMean } from '../core/suggest.ts';
import { defineCommand } from '../kit/command.ts';
import { dataFormat } from '../kit/options.ts';
import { kindNamed } from '../resources/registry.ts';

export default defineCommand({
  summary: 'Explain a kind, a field of it, a rule, or a finding.',
  description:
    'Tells what a field is for, its type, limits and default, which rules are about it, and a manifest that uses it; of a finding of `ipam check` how it comes about and what to do. Names are matched in any letter case; brackets behind lists may be left out. Needs no datastore.',
  examples: [
    'explain ippool',
    'explain ippool.spec.blockSize',
    'explain gnp spec.ingress.destination.ports',
    'explain felixconfig --recursive',
    'explain CAL1000',
    'explain CAL3001',
    'explain tier.spec.order -o json',
  ],
  args: {
    subject: {
      arity: 'required',
      doc: 'A kind, a kind and a field joined by a dot, or the id of a rule or a finding.',
    },
    field: { arity: 'optional', doc: 'Path of a field of the kind, e.g. spec.cidr.' },
  },
  options: {
    recursive: { type: 'flag', doc: 'Name all fields below, not only the next ones.' },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
  },
  async run(input, { io }): Promise<Result> {
    const format = dataFormat(input.output);
    if (/^CAL\d+$/i.test(input.subject)) return explainRule(input.subject.toUpperCase(), format);
    const [word = '', ...names] = input.subject.split('.');
    const kind = await kindNamed(word);
    const path = [...names, ...(input.field === undefined ? [] : [input.field])].join('.');
    const { explainField } = await import('../reference/explain.ts');
    const page = await explainField(kind, path, { io, recursive: input.recursive });
    if (format !== undefined) return { type: 'data', format, value: page };
    const { fieldText } = await import('../reference/pages.ts');
    return { type: 'text', text: fieldText(page, input.recursive) };
  },
});

async function explainRule(id: string, format: 'json' | 'yaml' | undefined): Promise<Result> {
  const { findingNamed } = await import('../reference/findings.ts');
  const finding = findingNamed(id);
  if (finding !== undefined) {
    if (format !== undefined) return { type: 'data', format, value: { id, ...finding } };
    const { findingText } = await import('../reference/pages.ts');
    return { type: 'text', text: findingText(id, finding) };
  }
  const { allRules } = await import('../validation/rulebook/index.ts');
  const rules = await allRules();
  const rule = rules.find((known) => known.id === id);
  if (rule === undefined) {
    const { findingIds } = await import('../reference/findings.ts');
    const ids = [...rules.map((known) => known.id), ...findingIds()];
    throw new CalicoctlError('usage', `there is no rule and no finding ${id}${didYouMean(id, ids)}`, {
      hint: 'The rules of a kind are shown by `calicoctl explain KIND`, findings by `calicoctl ipam check -o json`.',
    });
  }
  if (format !== undefined) return { type: 'data', format, value: rule };
  const { ruleText } = await import('../reference/pages.ts');
  return { type: 'text', text: ruleText(rule) };
}
