import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  compareKeys,
  decodeName,
  encodeName,
  splitEnding,
  stemOf,
} from '../../../src/datastore/file/names.ts';
import { IPAMBlock, NetworkSet, poolRef } from '../contract/objects.ts';

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', 'A', '.', '/', '%', '-', '4', 'é', '🐈'), maxLength: 600 }),
);

describe('file names', () => {
  test('say which resource is in them, plainly where that is safe', () => {
    expect(stemOf(poolRef('default-ipv4-ippool'))).toBe('ippools/default-ipv4-ippool');
    expect(stemOf({ kind: NetworkSet, namespace: 'dev', name: 'web.a' })).toBe('networksets/dev/web.a');
    expect(stemOf({ kind: IPAMBlock, name: '10.0.0.0/26' })).toBe('ipam/ipamblocks/10.0.0.0%2f26');
    expect(encodeName('Pod.é')).toBe('%50od.%c3%a9');
    expect(encodeName('.hidden')).toBe('%2ehidden');
    expect(encodeName('..')).toBe('%2e.');
  });

  test('are reversible', () => {
    fc.assert(fc.property(name, (given) => decodeName(encodeName(given)) === given));
  });

  test('differ for different names even where letter case does not count', () => {
    fc.assert(
      fc.property(
        name,
        name,
        (a, b) => (encodeName(a).toLowerCase() === encodeName(b).toLowerCase()) === (a === b),
      ),
    );
  });

  test('are components that any file system takes', () => {
    fc.assert(
      fc.property(name, (given) => {
        const parts = encodeName(given).split('/');
        return parts.every((part) => /^[a-z0-9_%-][a-z0-9._%-]*$/.test(part) && part.length <= 204);
      }),
    );
  });

  test('that no name is encoded as stand for none', () => {
    for (const stem of ['Pod', '%50OD', '%5', '%zz', '%61', '.a', 'a b', '%ff'])
      expect([stem, decodeName(stem)]).toEqual([stem, undefined]);
  });

  test('end in one of three ways', () => {
    expect(splitEnding('a.b.yaml')).toEqual({ stem: 'a.b', ending: '.yaml' });
    expect(splitEnding('a.yml')).toEqual({ stem: 'a', ending: '.yml' });
    expect(splitEnding('a.json')).toEqual({ stem: 'a', ending: '.json' });
    for (const other of ['.a.yaml', 'a.yaml~', 'a.swp', 'README.md', 'yaml'])
      expect(splitEnding(other)).toBeUndefined();
  });

  test('are in the order of bytes', () => {
    fc.assert(
      fc.property(
        name,
        name,
        (a, b) => Math.sign(compareKeys(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b)),
      ),
    );
  });
});
