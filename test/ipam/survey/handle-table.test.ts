import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { handleKey, handleTable } from '../../../src/ipam/survey/handle-table.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';

function stored(id: string, blocks: Readonly<Record<string, number>>): Resource {
  const metadata = { name: id, resourceVersion: '7', uid: 'u' };
  return { apiVersion: API_VERSION, kind: 'IPAMHandle', metadata, spec: { handleID: id, block: blocks } };
}

const anywhere = () => true;

describe('the table of handles', () => {
  const mentions = fc.array(fc.tuple(fc.stringMatching(/^[a-d]{1,3}$/), fc.constantFrom('b1', 'b2', 'b3')));
  const handles = fc.uniqueArray(fc.stringMatching(/^[a-d]{1,3}$/));

  test('counts as maps of names do', () => {
    fc.assert(
      fc.property(mentions, handles, (mentioned, existing) => {
        const table = handleTable();
        const counts = new Map<string, number>();
        for (const [id, block] of mentioned) {
          table.mention(handleKey(id), block);
          counts.set(id, (counts.get(id) ?? 0) + 1);
        }
        for (const id of existing) table.add(stored(id, {}), anywhere);
        expect(table.existing).toBe(existing.length);
        expect(table.missing).toBe([...counts.keys()].filter((id) => !existing.includes(id)).length);
        expect(table.leaked.map(({ id }) => id)).toEqual(existing.filter((id) => !counts.has(id)));
        for (const id of [...existing, ...counts.keys(), 'never']) {
          expect(table.countOf(id)).toBe(counts.get(id) ?? 0);
          expect(table.exists(id)).toBe(existing.includes(id));
        }
      }),
    );
  });

  test('knows handles whose own counts are other than those of blocks', () => {
    const wrong = (
      blocks: Readonly<Record<string, number>>,
      isBlock = anywhere as (name: string) => boolean,
    ) => {
      const table = handleTable();
      for (const block of ['b1', 'b1', 'b2']) table.mention(handleKey('h'), block);
      table.add(stored('h', blocks), isBlock);
      return table.miscounted.length === 1;
    };
    expect(wrong({ b1: 2, b2: 1 })).toBe(false);
    expect(wrong({ b1: 1, b2: 2 })).toBe(true);
    expect(wrong({ b1: 3 })).toBe(true);
    expect(wrong({ b1: 2, b2: 1, b3: 1 })).toBe(true);
    expect(wrong({ b1: 2, b2: 1, b3: 0 }, (name) => name !== 'b3')).toBe(true);
  });

  test('drops what an old migration left behind a carriage return', () => {
    expect(handleKey('pod.1\rleft over')).toEqual(handleKey('pod.1'));
    expect(handleKey('pod.1')).not.toEqual(handleKey('pod.2'));
  });

  test('takes sixteen bytes a place, and no more than six places for two handles', () => {
    const table = handleTable();
    const many = 100_000;
    for (let at = 0; at < many; at++) table.mention(handleKey(`k8s-pod-network.${at}`), 'b');
    expect(table.missing).toBe(many);
    expect(table.bytes / many).toBeLessThanOrEqual(48);
  });
});
