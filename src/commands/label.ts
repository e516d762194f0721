import { CalicoctlError } from '../core/errors.ts';
import { defineCommand } from '../kit/command.ts';
import { configOption, namespaceOption } from '../kit/options.ts';
import { targetOf } from '../kit/target.ts';
import { type LabelChange, labelResource } from '../operations/edit.ts';

function readChange(word: string, remove: boolean): LabelChange {
  if (remove) return { key: word };
  const at = word.indexOf('=');
  if (at < 0)
    throw new CalicoctlError('usage', `invalid label ${word}: write KEY=VALUE, or KEY with --remove`);
  return { key: word.slice(0, at), value: word.slice(at + 1) };
}

export default defineCommand({
  summary: 'Add, change or remove labels of one resource.',
  examples: [
    'label node worker-1 rack=r1',
    'label node worker-1 rack=r2 zone=a --overwrite',
    'label node worker-1 rack --remove',
  ],
  args: {
    kind: { arity: 'required', doc: 'Kind of resource.' },
    name: { arity: 'required', doc: 'Name of the resource.' },
    label: { arity: 'required', doc: 'KEY=VALUE, or KEY with --remove.' },
    more: { arity: 'rest', doc: 'Further labels; all are changed in one write.' },
  },
  options: {
    overwrite: { type: 'flag', doc: 'Change labels that have another value.' },
    remove: { type: 'flag', doc: 'Remove the labels of these keys.' },
    ...configOption,
    ...namespaceOption,
  },
  async run(input, context) {
    const ref = await targetOf(input);
    const changes = [input.label, ...input.more].map((word) => readChange(word, input.remove));
    const store = await context.datastore({ config: input.config, access: 'write' });
    const outcomes = await labelResource(store, ref, changes, input.overwrite);
    const lines = changes.map(
      ({ key }, i) =>
        `Successfully ${outcomes[i]} label ${key} ${outcomes[i] === 'removed' ? 'from' : 'on'} ${input.kind} ${input.name}\n`,
    );
    return { type: 'text', text: lines.join('') };
  },
});
