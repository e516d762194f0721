import { expect } from 'bun:test';
import type { Resource } from '../../../../src/resources/kind.ts';
import type { Check } from '../contract.ts';
import {
  CHANGED,
  create,
  createAll,
  GlobalNetworkSet,
  globalSet,
  globalSetRef,
  keysOf,
  NetworkPolicy,
  NetworkSet,
  networkSet,
  resource,
  setRef,
  withLabels,
  withSpec,
} from '../objects.ts';

/** Text that a careless writer of YAML or JSON would read back as something else. */
const TRICKY: readonly string[] = [
  'yes',
  'off',
  'null',
  '~',
  '',
  ' ',
  ' leading',
  'trailing ',
  '0x10',
  '010',
  '1e3',
  '1_000',
  '.inf',
  '12:30:45',
  '2026-01-31',
  '2026-01-31T12:00:00Z',
  '18446744073709551615',
  '-',
  '- a',
  '? a',
  'a: b',
  'a #b',
  '#c',
  '&a',
  '*a',
  '!t',
  '%d',
  '@x',
  '`x`',
  '{a}',
  '[a]',
  '"q"',
  "it's",
  '\\n',
  '<b>&amp;</b>',
  'two\nlines',
  'three\n\nlines\n',
  '\ttab',
  'cr\r\nlf',
  '...',
  '---',
  '<<',
  '=',
  '|',
  '>-',
  'a\u2028b',
  'a\u0085b',
  '\u0007',
  'z'.repeat(300),
]; // prettier-ignore

export const fidelity: readonly Check[] = [
  {
    name: 'fields unknown to this program survive get, update and get',
    needs: ['unknown fields'],
    async run({ store }) {
      const given = {
        ...globalSet('a', { future: { list: [1, 'two', { three: null }] }, another: 'x' }),
        extra: { top: true },
      } as Resource;
      given.metadata['sideNote'] = { kept: ['yes'] };
      await create(store, given);
      const read = await store.get(globalSetRef('a'));
      await store.update(globalSetRef('a'), withSpec(read, CHANGED));
      const { metadata, spec, ...rest } = await store.get(globalSetRef('a'));
      expect(spec['future']).toEqual({ list: [1, 'two', { three: null }] });
      expect(spec['another']).toBe('x');
      expect(metadata['sideNote']).toEqual({ kept: ['yes'] });
      expect(rest).toEqual({
        kind: 'GlobalNetworkSet',
        apiVersion: 'projectcalico.org/v3',
        extra: { top: true },
      } as never);
    },
  },
  {
    name: 'unknown fields below known ones survive too',
    needs: ['unknown fields'],
    async run({ store }) {
      const rule = {
        action: 'Allow',
        source: { nets: ['10.0.0.0/8'], futureMatch: { deep: [0, false, ''] } },
      };
      const policy = resource(
        NetworkPolicy,
        { name: 'p', namespace: 'dev' },
        { ingress: [rule], types: ['Ingress'] },
      );
      await create(store, policy);
      const read = await store.get({ kind: NetworkPolicy, namespace: 'dev', name: 'p' });
      const updated = await store.update(
        { kind: NetworkPolicy, namespace: 'dev', name: 'p' },
        withSpec(read, { order: 5 }),
      );
      const [first] = updated.spec['ingress'] as { source: unknown }[];
      expect(first!.source).toEqual(rule.source);
    },
  },
  {
    name: 'labels and annotations keep odd characters',
    async run({ store }) {
      const labels = {
        'projectcalico.org/tier': 'a_b.c-D',
        yes: 'no',
        '1': '2',
        'x.y/Z_z': '',
        true: 'null',
      };
      const given = withLabels(globalSet('a'), labels);
      given.metadata.annotations = { 'a.b/c': 'x=y; {"json": [1, "ü"]}', quoted: `'"\\` };
      await create(store, given);
      const { metadata } = await store.get(globalSetRef('a'));
      expect(metadata.labels).toEqual(labels);
      expect(metadata.annotations).toEqual(given.metadata.annotations);
    },
  },
  {
    name: 'text stays the text it was',
    async run({ store }) {
      const given = globalSet('a');
      const noted = TRICKY.flatMap((text, index) => (text === '' ? [] : [[`n${index}`, text] as const]));
      given.metadata.annotations = Object.fromEntries(noted);
      await create(store, given);
      expect((await store.get(globalSetRef('a'))).metadata.annotations).toEqual(Object.fromEntries(noted));
    },
  },
  {
    name: 'text in any script survives',
    async run({ store }) {
      const given = globalSet('a');
      given.metadata.annotations = { note: 'Größe – 網路 – سياسة – 🐈‍⬛ – e\u0301 – \u{10ffff}' };
      await create(store, given);
      expect((await store.get(globalSetRef('a'))).metadata.annotations).toEqual(given.metadata.annotations);
    },
  },
  {
    name: 'names of 253 characters are names like any other',
    async run({ store }) {
      const names = ['a', 'b', 'c'].map((last) => 'x'.repeat(252) + last);
      for (const name of names) await create(store, globalSet(name));
      await create(store, globalSet('x'.repeat(200)));
      expect((await store.get(globalSetRef(names[1]!))).metadata.name).toBe(names[1]!);
      expect(await keysOf(store, { kind: GlobalNetworkSet })).toEqual(['x'.repeat(200), ...names]);
      await store.delete(globalSetRef(names[0]!));
      expect(await keysOf(store, { kind: GlobalNetworkSet })).toEqual([
        'x'.repeat(200),
        names[1]!,
        names[2]!,
      ]);
    },
  },
  {
    name: 'a prefix may be longer than file names are',
    needs: ['prefixes'],
    async run(environment) {
      const names = ['a', 'b'].map((last) => 'x'.repeat(252) + last);
      await createAll(
        environment,
        ['x'.repeat(200), ...names].map((name) => globalSet(name)),
      );
      const query = { kind: GlobalNetworkSet, namePrefix: 'x'.repeat(201) };
      expect(await keysOf(environment.store, query)).toEqual(names);
    },
  },
  {
    name: 'objects of half a megabyte are stored and listed',
    async run({ store }) {
      const nets = Array.from({ length: 32_768 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
      await create(store, networkSet('dev', 'big', { nets }));
      const read = await store.get(setRef('dev', 'big'));
      expect(read.spec['nets']).toEqual(nets);
      expect(await keysOf(store, { kind: NetworkSet })).toEqual(['dev/big']);
      const half = nets.slice(0, 16_000);
      await store.update(setRef('dev', 'big'), withSpec(read, { nets: half }));
      expect((await store.get(setRef('dev', 'big'))).spec['nets']).toEqual(half);
    },
  },
];
