import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isError } from '../../../src/core/errors.ts';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';
import {
  addressAt,
  advanced,
  attributeAt,
  type Block,
  blockOf,
  collectGarbage,
  disowned,
  isEmpty,
  ordinalOf,
} from '../../../src/operations/ipam/block.ts';
import { freeAddresses, type ReleaseRequest } from '../../../src/operations/ipam/free.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { formatAddress, parseAddress } from '../../../src/resources/net/address.ts';
import { blockSpec } from '../stores.ts';

/** The naive model: who has each of eight addresses. */
type Holder = undefined | { readonly handle?: string } | { readonly releasedAt: string };

const NOW = new Date('2026-05-04T10:00:00Z');
const before = (seconds: number) =>
  new Date(NOW.getTime() - seconds * 1000).toISOString().replace('.000', '');

const holder: fc.Arbitrary<Holder> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom({}, { handle: 'a' }, { handle: 'b' }, { handle: 'Windows-Reserved-IPAM-Handle' }),
  fc.constantFrom(0, 5, 10, 15).map((seconds) => ({ releasedAt: before(seconds) })),
);
const holders = fc.array(holder, { minLength: 8, maxLength: 8 });
const bases = fc.constantFrom('10.0.0.8/29', 'fd00::8/125');

function made(cidr: string, model: readonly Holder[]): Block {
  const texts = [...new Set(model.map((item) => JSON.stringify(item)))].filter((text) => text !== undefined);
  const attributes = texts.map((text) => {
    const { handle, ...rest } = JSON.parse(text) as { handle?: string };
    return { ...rest, ...(handle === undefined ? {} : { handle_id: handle }) };
  });
  const spec = {
    cidr,
    allocations: model.map((item) => (item === undefined ? null : texts.indexOf(JSON.stringify(item)))),
    unallocated: model.flatMap((item, ordinal) => (item === undefined ? [ordinal] : [])),
    attributes,
    sequenceNumber: 100,
    sequenceNumberForAllocation: Object.fromEntries(
      model.flatMap((item, ordinal) => (item === undefined ? [] : [[String(ordinal), ordinal]])),
    ),
  };
  return blockOf({ apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: cidr }, spec });
}

function modelOf(block: Block): readonly Holder[] {
  return block.spec.allocations.map((_, ordinal) => {
    const attribute = attributeAt(block, ordinal);
    if (attribute === undefined) return undefined;
    if (attribute.releasedAt !== undefined) return { releasedAt: attribute.releasedAt };
    return attribute.handle_id === undefined ? {} : { handle: attribute.handle_id };
  });
}

function isResting(item: Holder): item is { readonly releasedAt: string } {
  return item !== undefined && 'releasedAt' in item;
}

/** What `ipam check` asks of a block. */
function expectSound({ spec }: Block): void {
  const free = spec.allocations.flatMap((index, ordinal) => (index === null ? [ordinal] : []));
  expect([...spec.unallocated].sort()).toEqual(free);
  const used = new Set(spec.allocations.filter((index) => index !== null));
  expect([...spec.attributes.keys()].filter((index) => !used.has(index))).toEqual([]);
}

describe('garbage collection', () => {
  test('frees what has rested long enough, and nothing else', () => {
    fc.assert(
      fc.property(bases, holders, fc.constantFrom(-1, 0, 5, 10, 20), (cidr, model, cooldown) => {
        const block = made(cidr, model);
        const collected = collectGarbage(block, cooldown, NOW);
        const isOver = (item: Holder) => {
          if (!isResting(item)) return false;
          const rested = (NOW.getTime() - Date.parse(item.releasedAt)) / 1000;
          return cooldown <= 0 || rested > cooldown;
        };
        const freed = model.flatMap((item, ordinal) => (isOver(item) ? [ordinal] : []));
        expect(modelOf(collected)).toEqual(model.map((item) => (isOver(item) ? undefined : item)));
        expect(collected.spec.unallocated).toEqual([...block.spec.unallocated, ...freed]);
        expect(Object.keys(collected.spec.sequenceNumberForAllocation).map(Number)).toEqual(
          model.flatMap((item, ordinal) => (item === undefined || isOver(item) ? [] : [ordinal])),
        );
        expectSound(collected);
        expect(collectGarbage(collected, cooldown, NOW)).toEqual(collected);
      }),
    );
  });
});

const request = fc.record(
  {
    ordinal: fc.integer({ min: -1, max: 7 }),
    handle: fc.constantFrom('', 'a', 'b', 'a\r\nrest'),
    sequenceNumber: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: ['ordinal'] },
);

describe('freeing addresses', () => {
  test('does to each address what was asked for it last, or nothing at all', () => {
    fc.assert(
      fc.property(bases, holders, fc.array(request, { maxLength: 4 }), (cidr, model, asked) => {
        const block = made(cidr, model);
        const outside = parseAddress('192.0.2.1')!;
        const addressOf = (ordinal: number) => (ordinal < 0 ? outside : addressAt(block, ordinal));
        const requests: readonly ReleaseRequest[] = asked.map(({ ordinal, ...rest }) => ({
          ...rest,
          address: addressOf(ordinal),
        }));
        const last = [...new Map(asked.map((item) => [item.ordinal, item])).values()];
        const holds = ({ ordinal, handle, sequenceNumber }: (typeof last)[number]) => {
          const item = model[ordinal];
          if (item === undefined || isResting(item)) return true;
          if (sequenceNumber !== undefined && sequenceNumber !== ordinal) return false;
          return handle === undefined || handle.split('\r')[0] === (item.handle ?? '');
        };
        const freed = freeAddresses(block, requests, NOW);
        expect('refusal' in freed).toBe(!last.every(holds));
        if ('refusal' in freed) return;
        const isFreed = ({ ordinal }: { readonly ordinal: number }) =>
          model[ordinal] !== undefined && !isResting(model[ordinal]);
        const gone = last.filter(isFreed).map(({ ordinal }) => ordinal);
        expect(freed.released).toEqual(gone.map(addressOf));
        expect(freed.notAllocated).toEqual(
          last.filter((item) => !isFreed(item)).map(({ ordinal }) => addressOf(ordinal)),
        );
        expect(modelOf(freed.block)).toEqual(
          model.map((item, ordinal) => (gone.includes(ordinal) ? { releasedAt: before(0) } : item)),
        );
        for (const ordinal of gone) expect(freed.block.spec.sequenceNumberForAllocation[ordinal]).toBe(100);
        const handles = gone.map((ordinal) => (model[ordinal] as { handle?: string }).handle ?? '');
        for (const [id, count] of freed.handles)
          expect(count).toBe(handles.filter((handle) => handle === id).length);
        expect([...freed.handles.keys()].sort()).toEqual([...new Set(handles.filter(Boolean))].sort());
        expectSound(collectGarbage(freed.block, 0, NOW));
      }),
      { numRuns: 300 },
    );
  });

  test('takes no notice of what stands behind a carriage return in a handle', () => {
    const address = parseAddress('10.0.0.8')!;
    const free = (stored: string, handle: string) =>
      'refusal' in
      freeAddresses(
        made('10.0.0.8/29', [{ handle: stored }, ...Array<Holder>(7).fill(undefined)]),
        [{ address, handle }],
        NOW,
      );
    expect([free('a', 'a\r\nx'), free('a\rx', 'a'), free('a', 'a\nx')]).toEqual([false, false, true]);
  });

  test('says who has the address now', () => {
    const block = made('10.0.0.8/29', [{ handle: 'a' }, ...Array<Holder>(7).fill(undefined)]);
    const address = parseAddress('10.0.0.8')!;
    expect(freeAddresses(block, [{ address, handle: 'old' }], NOW)).toEqual({
      refusal: '10.0.0.8 is held by handle "a", not "old"',
    });
    expect(freeAddresses(block, [{ address, sequenceNumber: 9 }], NOW)).toEqual({
      refusal: '10.0.0.8 was assigned again since: its sequence number is 0, not 9',
    });
  });
});

describe('a block', () => {
  test('is empty when at most Windows reserves addresses of it', () => {
    fc.assert(
      fc.property(holders, (model) => {
        const inUse = model.some(
          (item) => item !== undefined && (isResting(item) || !item.handle?.startsWith('Windows')),
        );
        expect(isEmpty(made('10.0.0.8/29', model))).toBe(!inUse);
      }),
    );
  });

  test('is empty with addresses that Windows reserves, however their handle is spelled', () => {
    const spelled = (handle: string) =>
      made('10.0.0.8/29', [{ handle }, ...Array<Holder>(7).fill(undefined)]);
    const handles = ['windows-reserved-ipam-handle', 'Windows-Reserved-IPAM-Handle', 'windows'];
    expect(handles.map((handle) => isEmpty(spelled(handle)))).toEqual([true, true, false]);
  });

  test('numbers its addresses from its base', () => {
    fc.assert(
      fc.property(bases, fc.integer({ min: 0, max: 7 }), (cidr, ordinal) => {
        const block = made(cidr, Array<Holder>(8).fill(undefined));
        expect(ordinalOf(block, addressAt(block, ordinal))).toBe(ordinal);
      }),
    );
    const block = made('10.0.0.8/29', Array<Holder>(8).fill(undefined));
    expect(formatAddress(addressAt(block, 7))).toBe('10.0.0.15');
    expect(ordinalOf(block, parseAddress('10.0.0.16')!)).toBeUndefined();
  });

  test('counts its changes exactly, however far', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 2n }), (number) => {
        const spec = parseJson(stringifyJson(blockSpec('10.0.0.8/29', 8, {}, { sequenceNumber: number })));
        const resource = { apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: '' }, spec };
        const next = advanced(blockOf(resource as Parameters<typeof blockOf>[0]));
        expect(stringifyJson(next.sequenceNumber)).toBe(String(number + 1n));
      }),
    );
  });

  test('keeps everything but its owner when it is disowned', () => {
    const spec = blockSpec(
      '10.0.0.8/29',
      8,
      { 0: 'a' },
      { affinityClaimTime: '2026-01-01T00:00:00Z', newer: 1 },
    );
    const resource = { apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: '' }, spec };
    const { affinityClaimTime: _, ...rest } = spec;
    expect(disowned(blockOf(resource)).spec as unknown).toEqual({ ...rest, affinity: null });
  });

  test('takes null lists of a fresh block for empty ones', () => {
    const spec = { ...blockSpec('10.0.0.8/31', 2, {}), attributes: null, sequenceNumberForAllocation: null };
    const resource = { apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: '' }, spec };
    const block = blockOf(resource);
    expect([block.spec.attributes, isEmpty(block)]).toEqual([[], true]);
  });

  test.each([
    ['no cidr', { cidr: 'x' }],
    ['another number of addresses', { allocations: [null] }],
    ['an attribute that is not there', { allocations: [9, null, null, null, null, null, null, null] }],
    ['an address both free and in use', { unallocated: [0, 1, 2, 3, 4, 5, 6, 7] }],
  ])('with %s is corrupt', (_what, fault) => {
    const spec = { ...blockSpec('10.0.0.8/29', 8, { 0: 'a' }), ...fault };
    const resource = { apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: 'b' }, spec };
    let error: unknown;
    try {
      blockOf(resource);
    } catch (thrown) {
      error = thrown;
    }
    expect(isError(error, 'corrupt')).toBe(true);
  });
});

describe('what anybody may have written', () => {
  const stored = (more: object) => ({
    ...{ apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: '10.0.0.8/30' } },
    spec: { cidr: '10.0.0.8/30', allocations: [0, null, null, null], unallocated: [1, 2, 3], ...more },
  });

  test.each([
    [[null], {}],
    [[{ handle_id: 'a', secondary: null, alternateOwnerAttrs: null, releasedAt: null }], { handle_id: 'a' }],
  ])('null in %j is as good as nothing', (attributes, expected) => {
    expect(attributeAt(blockOf(stored({ attributes })), 0)).toEqual(expected);
  });

  test.each<[object, string]>([
    [{ attributes: [5] }, 'its attribute 0 cannot be read'],
    [{ attributes: [{ handle_id: 5 }] }, 'its attribute 0 cannot be read'],
    [{ attributes: [{ secondary: { node: 7 } }] }, 'its attribute 0 cannot be read'],
    [{ attributes: [{ alternateOwnerAttrs: 'n' }] }, 'its attribute 0 cannot be read'],
    [{ attributes: [{ releasedAt: 'yesterday' }] }, 'its attribute 0 cannot be read'],
    [{ attributes: {} }, 'its allocations, unallocated or attributes are no list'],
    [{ attributes: [{}], unallocated: '12' }, 'its allocations, unallocated or attributes are no list'],
    [{ attributes: [{}], affinity: 5 }, 'its affinity is no text'],
    [{ attributes: [{}], sequenceNumber: 'abc' }, 'one of its sequence numbers is no number'],
    [
      { attributes: [{}], sequenceNumberForAllocation: { 0: 1.5 } },
      'one of its sequence numbers is no number',
    ],
    [{ attributes: [{}], cidr: 5 }, 'its cidr "5" is not a CIDR'],
  ])('%j is refused', (more, fault) => {
    expect(() => blockOf(stored(more))).toThrow(`IPAMBlock(10.0.0.8/30) cannot be used: ${fault}`);
  });
});
