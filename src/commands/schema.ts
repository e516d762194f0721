import { CalicoctlError } from '../core/errors.ts';
import type { DataResult } from '../core/result.ts';
import { defineCommand } from '../kit/command.ts';
import { dataFormat } from '../kit/options.ts';
import type { Kind } from '../resources/kind.ts';
import { allKinds, kindNamed } from '../resources/registry.ts';

export default defineCommand({
  summary: 'Show the JSON Schema of kinds, for editors.',
  description:
    'JSON Schema 2020-12 of manifests. Of one kind it describes that kind; of several, or of all where none is named, it chooses by the `kind` of a document and describes lists too. A schema cannot say everything: `calicoctl validate` has the last word.',
  examples: ['schema > calico.schema.json', 'schema ippool', 'schema gnp networkpolicy tier'],
  args: { kinds: { arity: 'rest', doc: 'Kinds; all that manifests may have unless given.' } },
  options: {
    output: { type: 'text', short: 'o', value: 'FORMAT', default: 'json', doc: 'json or yaml.' },
  },
  async run(input): Promise<DataResult> {
    const format = dataFormat(input.output) ?? 'json';
    const kinds = input.kinds.length === 0 ? await writtenKinds() : await namedKinds(input.kinds);
    const { manifestSchema } = await import('../resources/jsonschema-document.ts');
    const { schemaExamples } = await import('../reference/schema-examples.ts');
    return { type: 'data', format, value: manifestSchema(kinds, await schemaExamples()) };
  },
});

async function writtenKinds(): Promise<readonly Kind[]> {
  const entries = allKinds().filter(({ internal }) => !internal);
  const kinds = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  return kinds.filter(({ madeOf }) => madeOf === undefined);
}

async function namedKinds(words: readonly string[]): Promise<readonly Kind[]> {
  const kinds = await Promise.all(words.map(kindNamed));
  for (const { kind, madeOf } of kinds)
    if (madeOf !== undefined)
      throw new CalicoctlError('not-supported', `${kind} has no manifests: it shows a ${madeOf}`, {
        hint: `The fields it shows are told by \`calicoctl explain ${kind}\`.`,
      });
  return [...new Set(kinds)];
}
