import { CalicoctlError } from '../core/errors.ts';
import type { Result } from '../core/result.ts';
import { didYouMean } from '../core/suggest.ts';
import { defineCommand } from '../kit/command.ts';
import { DATASTORES, type DatastoreType, verbsOf } from '../reference/verbs.ts';
import { ALL_VERBS, API_VERSION, type Kind, type Verb } from '../resources/kind.ts';
import { allKinds } from '../resources/registry.ts';

interface Filter {
  readonly namespaced: boolean | undefined;
  readonly verbs: readonly Verb[];
  readonly datastores: readonly DatastoreType[];
}

export default defineCommand({
  summary: 'Show the kinds of resources, and what can be done with them in which datastore.',
  description:
    'Needs no datastore. Some kinds are made of other objects in Kubernetes and can only be looked at there: `-o wide` shows the verbs for each datastore.',
  examples: [
    'api-resources',
    'api-resources -o wide',
    'api-resources --namespaced=true -o name',
    'api-resources --verbs create,delete --datastore kubernetes',
  ],
  args: {},
  options: {
    namespaced: {
      type: 'text',
      value: 'BOOLEAN',
      doc: 'true: only kinds in namespaces; false: only kinds of the cluster.',
    },
    verbs: {
      type: 'text',
      value: 'VERBS',
      doc: `Only kinds that take all of these: ${ALL_VERBS.join(', ')}.`,
    },
    datastore: {
      type: 'text',
      value: 'TYPE',
      doc: `Only what works in one datastore: ${DATASTORES.join(', ')}.`,
    },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'wide, name, json or yaml.' },
  },
  async run(input): Promise<Result> {
    const filter: Filter = {
      namespaced: input.namespaced === undefined ? undefined : oneOf(input.namespaced, BOOLEANS) === 'true',
      verbs:
        input.verbs === undefined ? [] : input.verbs.split(',').map((verb) => oneOf(verb.trim(), ALL_VERBS)),
      datastores: input.datastore === undefined ? DATASTORES : [oneOf(input.datastore, DATASTORES)],
    };
    const entries = allKinds().filter(({ internal }) => !internal);
    const kinds = await Promise.all(entries.map(async ({ load }) => (await load()).default));
    const shown = kinds.filter((kind) => passes(kind, filter)).sort((a, b) => (a.plural < b.plural ? -1 : 1));
    return result(shown, filter, input.output === undefined ? undefined : oneOf(input.output, FORMATS));
  },
});

const BOOLEANS = ['true', 'false'] as const;
const FORMATS = ['wide', 'name', 'json', 'yaml'] as const;

function oneOf<Word extends string>(word: string, words: readonly Word[]): Word {
  const found = words.find((known) => known === word);
  if (found !== undefined) return found;
  throw new CalicoctlError('usage', `"${word}" is not one of ${words.join(', ')}${didYouMean(word, words)}`);
}

/** Verbs that work in at least one of the datastores. */
function anyVerbs(kind: Kind, { datastores }: Filter): readonly Verb[] {
  return kind.verbs.filter((verb) => datastores.some((store) => verbsOf(kind, store).includes(verb)));
}

function passes(kind: Kind, filter: Filter): boolean {
  const { namespaced, verbs, datastores } = filter;
  if (namespaced !== undefined && namespaced !== (kind.scope === 'namespaced')) return false;
  return datastores.some((store) => {
    const works = verbsOf(kind, store);
    return works.length > 0 && verbs.every((verb) => works.includes(verb));
  });
}

function result(
  kinds: readonly Kind[],
  filter: Filter,
  format: (typeof FORMATS)[number] | undefined,
): Result {
  const { datastores } = filter;
  if (format === 'name') return { type: 'text', text: kinds.map(({ plural }) => `${plural}\n`).join('') };
  if (format === 'json' || format === 'yaml')
    return { type: 'data', format, value: kinds.map((kind) => dataOf(kind, filter)) };
  const perDatastore = format === 'wide' && datastores.length > 1;
  return {
    type: 'table',
    headings: [
      ...['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'],
      ...(perDatastore ? datastores.map((store) => store.toUpperCase()) : ['VERBS']),
    ],
    rows: kinds.map((kind) => [
      ...[kind.plural, kind.aliases.join(','), API_VERSION, String(kind.scope === 'namespaced'), kind.kind],
      ...(perDatastore
        ? datastores.map((store) => verbsOf(kind, store).join(','))
        : [anyVerbs(kind, filter).join(',')]),
    ]),
  };
}

function dataOf(kind: Kind, { datastores }: Filter) {
  return {
    name: kind.plural,
    shortNames: kind.aliases,
    apiVersion: API_VERSION,
    namespaced: kind.scope === 'namespaced',
    kind: kind.kind,
    verbs: Object.fromEntries(datastores.map((store) => [store, verbsOf(kind, store)])),
    ...(kind.madeOf !== undefined && { madeOf: kind.madeOf }),
  };
}
