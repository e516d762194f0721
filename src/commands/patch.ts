import { defineCommand } from '../kit/command.ts';
import { configOption, namespaceOption } from '../kit/options.ts';
import { targetOf } from '../kit/target.ts';
import { patchResource } from '../operations/edit.ts';
import { applyPatch, patchTypeNamed } from '../operations/patch/index.ts';

export default defineCommand({
  summary: 'Change fields of one resource.',
  description:
    'The patch is JSON. A strategic patch merges maps and replaces lists, null removes; json is a list of operations (RFC 6902); merge is RFC 7386.',
  examples: [
    `patch ippool main -p '{"spec":{"natOutgoing":true}}'`,
    `patch node worker-1 -t json -p '[{"op":"remove","path":"/spec/bgp/asNumber"}]'`,
  ],
  args: {
    kind: { arity: 'required', doc: 'Kind of resource.' },
    name: { arity: 'required', doc: 'Name of the resource.' },
  },
  options: {
    patch: { type: 'text', short: 'p', value: 'JSON', doc: 'The patch.' },
    type: {
      type: 'text',
      short: 't',
      value: 'TYPE',
      default: 'strategic',
      doc: 'Type of the patch: strategic, json or merge.',
    },
    ...configOption,
    ...namespaceOption,
  },
  async run(input, context) {
    const type = patchTypeNamed(input.type);
    const ref = await targetOf(input);
    const store = await context.datastore({ config: input.config, access: 'write' });
    await patchResource(store, ref, (document) => applyPatch(type, document, input.patch ?? ''));
    return { type: 'outcome', verb: 'patch', total: 1, handled: 1, kind: ref.kind.kind, errors: [] };
  },
});
