import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isMeant, keyOf, placeOf, prefixesOf } from '../../../src/datastore/etcdv3/keys.ts';
import type { Kind } from '../../../src/resources/kind.ts';
import { allKinds, kindOf } from '../../../src/resources/registry.ts';

const IPAMBlock = await kindOf('IPAMBlock');
const BlockAffinity = await kindOf('BlockAffinity');
const IPAMHandle = await kindOf('IPAMHandle');
const NetworkSet = await kindOf('NetworkSet');
const IPPool = await kindOf('IPPool');

const RESOURCES = '/calico/resources/v3/projectcalico.org';
const IPAM = '/calico/ipam/v2';

describe('a key and what it stands for', () => {
  const cases: readonly (readonly [Kind, { namespace?: string; name: string }, string])[] = [
    [IPPool, { name: 'a.b' }, `${RESOURCES}/ippools/a.b`],
    [NetworkSet, { namespace: 'dev', name: 'a' }, `${RESOURCES}/networksets/dev/a`],
    [IPAMBlock, { name: '10.0.0.0/26' }, `${IPAM}/assignment/ipv4/block/10.0.0.0-26`],
    [IPAMBlock, { name: 'fd00::/122' }, `${IPAM}/assignment/ipv6/block/fd00::-122`],
    [IPAMHandle, { name: 'k8s.A' }, `${IPAM}/handle/k8s.A`],
    [BlockAffinity, { name: 'host/n-1/10.0.0.0/26' }, `${IPAM}/host/n-1/ipv4/block/10.0.0.0-26`],
    [BlockAffinity, { name: 'virtual/lb/fd00::/122' }, `${IPAM}/virtual/lb/ipv6/block/fd00::-122`],
  ];
  for (const [kind, place, key] of cases) {
    test(key, () => {
      expect(keyOf({ kind, ...place })).toBe(key);
      expect(placeOf(kind, key)).toEqual(place);
    });
  }

  test('keys of something else stand for nothing', () => {
    expect(placeOf(BlockAffinity, `${IPAM}/host/n-1`)).toBeUndefined();
    expect(placeOf(BlockAffinity, `${IPAM}/host/n-1/ipv4/block/10.0.0.0`)).toBeUndefined();
    expect(placeOf(IPPool, `${RESOURCES}/ippools/a/b`)).toBeUndefined();
    expect(placeOf(NetworkSet, `${RESOURCES}/networksets/a`)).toBeUndefined();
  });
});

describe('a list is asked for no more than it needs', () => {
  const cases: readonly (readonly [Kind, string | undefined, string, readonly string[]])[] = [
    [IPPool, undefined, '', [`${RESOURCES}/ippools/`]],
    [IPPool, undefined, 'a', [`${RESOURCES}/ippools/a`]],
    [NetworkSet, undefined, 'a', [`${RESOURCES}/networksets/`]],
    [NetworkSet, 'dev', 'a', [`${RESOURCES}/networksets/dev/a`]],
    [IPAMBlock, undefined, '', [`${IPAM}/assignment/`]],
    [IPAMBlock, undefined, '10.0.', [`${IPAM}/assignment/ipv4/block/10.0.`]],
    [IPAMBlock, undefined, '10.0.0.0/2', [`${IPAM}/assignment/ipv4/block/10.0.0.0-2`]],
    [IPAMBlock, undefined, 'fd00:', [`${IPAM}/assignment/ipv6/block/fd00:`]],
    [IPAMBlock, undefined, '2', [`${IPAM}/assignment/ipv4/block/2`, `${IPAM}/assignment/ipv6/block/2`]],
    [IPAMHandle, undefined, 'k8s', [`${IPAM}/handle/k8s`]],
    [BlockAffinity, undefined, '', [`${IPAM}/host/`, `${IPAM}/virtual/`]],
    [BlockAffinity, undefined, 'host/', [`${IPAM}/host/`]],
    [BlockAffinity, undefined, 'host/n', [`${IPAM}/host/n`]],
    [BlockAffinity, undefined, 'host/n/', [`${IPAM}/host/n/`]],
    [BlockAffinity, undefined, 'host/n/10.', [`${IPAM}/host/n/ipv4/block/10.`]],
    [BlockAffinity, undefined, 'elsewhere', [`${IPAM}/host/`, `${IPAM}/virtual/`]],
  ];
  for (const [kind, namespace, namePrefix, prefixes] of cases) {
    test(`${kind.kind} ${namespace ?? '*'} ${JSON.stringify(namePrefix)}`, () => {
      expect(prefixesOf({ kind, namePrefix, ...(namespace === undefined ? {} : { namespace }) })).toEqual([
        ...prefixes,
      ]);
    });
  }
});

/** Names of each kind, with many that begin alike. */
const word = fc.stringMatching(/^[ab12][ab12.-]{0,4}$/);
const range = fc.oneof(
  fc.constantFrom('10.0.0.0/26', '10.1.0.0/26', '2.0.0.0/30', 'fd00::/122', '2001:db8::/122', '2::/116'),
);
const affinity = fc
  .tuple(fc.constantFrom('host', 'virtual'), word, range)
  .map(([type, owner, cidr]) => `${type}/${owner}/${cidr}`);
const named: readonly (readonly [Kind, fc.Arbitrary<string>])[] = [
  [IPPool, word],
  [NetworkSet, word],
  [IPAMHandle, word],
  [IPAMBlock, range],
  [BlockAffinity, affinity],
];

describe('a query finds exactly the names that begin so', () => {
  for (const [kind, names] of named) {
    test(kind.kind, () => {
      fc.assert(
        fc.property(names, names, fc.nat(20), fc.boolean(), (name, other, length, inOne) => {
          const namePrefix = other.slice(0, length);
          const isNamespaced = kind.scope === 'namespaced';
          const key = keyOf({ kind, name, ...(isNamespaced ? { namespace: 'dev' } : {}) });
          const query = { kind, namePrefix, ...(isNamespaced && inOne ? { namespace: 'dev' } : {}) };
          const prefixes = prefixesOf(query);
          const found = prefixes.filter((prefix) => key.startsWith(prefix)).length;
          expect(found > 0 && isMeant(query, key)).toBe(name.startsWith(namePrefix));
          expect(found).toBeLessThan(2);
          expect(prefixes).toEqual(prefixes.toSorted());
        }),
        { numRuns: 300 },
      );
    });
  }
});

test('no kind lies below another one', async () => {
  const names = allKinds().map(({ kind }) => kind);
  const prefixes: (readonly [string, string])[] = [];
  for (const name of names) {
    const kind = await kindOf(name);
    for (const prefix of prefixesOf({ kind })) prefixes.push([name, prefix]);
  }
  const inside = prefixes.flatMap(([name, prefix]) =>
    prefixes.flatMap(([other, longer]) =>
      other !== name && longer.startsWith(prefix) ? [[name, other]] : [],
    ),
  );
  // These two share a tree, and their keys tell them apart.
  expect(inside.filter((pair) => !pair.includes('IPAMHost') || !pair.includes('BlockAffinity'))).toEqual([]);
});
