import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { convertUid } from '../../../../src/datastore/kubernetes/objects/uid.ts';

test('a uid becomes that of its counterpart', () => {
  expect(convertUid('2413a255-9d47-42e7-8f37-0b70fa7c8728')).toBe('24c845aa-b9e2-42e7-8fec-d00e5f3ee114');
  expect(convertUid('no uid')).toBe('no uid');
});

test('the counterpart of the counterpart is the object itself, of the same sort of UUID', () => {
  fc.assert(
    fc.property(fc.uuid(), (uid) => {
      const other = convertUid(uid);
      expect(convertUid(other)).toBe(uid);
      expect([other[14], other[19]]).toEqual([uid[14], uid[19]]);
    }),
  );
});
