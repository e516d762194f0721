import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { attributesText, recordsOf } from '../../../src/ipam/check/records.ts';
import { blockTable } from '../../../src/ipam/survey/block-table.ts';
import { surveyBlock } from '../../../src/ipam/survey/blocks.ts';
import { formatV4Number, plainV4 } from '../../../src/ipam/survey/plain-address.ts';
import { ALLOCATED, type SurveyedBlock } from '../../../src/ipam/survey/survey.ts';
import { useLedger } from '../../../src/ipam/survey/uses.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { formatAddress, parseAddress } from '../../../src/resources/net/address.ts';
import { containsAddress } from '../../../src/resources/net/cidr.ts';
import { block, pod } from '../check/world.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const counter = { mention: () => undefined, belong: () => undefined };

function surveyed(spec: Record<string, unknown>): SurveyedBlock {
  const metadata = { name: String(spec['cidr']), resourceVersion: '5' };
  const resource = { apiVersion: API_VERSION, kind: 'IPAMBlock', metadata, spec: spec as never };
  return surveyBlock(resource, counter, now)!;
}

describe('addresses as numbers', () => {
  test('are those of parsed addresses', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(plainV4(text)).toBe(Number(parseAddress(text)!.value));
        expect(plainV4(`${text}/32`)).toBe(plainV4(text));
        expect(formatV4Number(plainV4(text))).toBe(text);
      }),
    );
  });

  test('are none of what is written otherwise', () => {
    const others = [
      '',
      '10.0.0',
      '10.0.0.1.2',
      '10.0.0.256',
      '10.0.0.01',
      '10..0.1',
      '10.0.0.1/24',
      '::1',
      '10.0.0.1x',
    ];
    expect(others.filter((text) => plainV4(text) !== -1)).toEqual([]);
  });
});

describe('the table of blocks', () => {
  const ranges = [
    '10.0.0.0/26',
    '10.0.0.0/29',
    '10.0.0.64/26',
    '255.255.255.0/24',
    'fd00::/122',
    'fd00::40/122',
  ];
  const blocks = ranges.map((cidr) =>
    surveyed(block(cidr, undefined, 2 ** (cidr.includes(':') ? 6 : 32 - Number(cidr.slice(-2))), {})),
  );

  test('finds every block that has an address', () => {
    const table = blockTable();
    for (const each of blocks) table.add(each);
    const near = fc.oneof(
      fc.integer({ min: 0, max: 130 }).map((offset) => `10.0.0.${offset}`),
      fc.integer({ min: 0, max: 130 }).map((offset) => `fd00::${offset.toString(16)}`),
      fc.constant('255.255.255.255'),
    );
    fc.assert(
      fc.property(near, (text) => {
        const address = parseAddress(text)!;
        const having = blocks.filter(({ range }) => containsAddress(range, address));
        expect(
          table
            .having(address)
            .map(({ name }) => name)
            .sort(),
        ).toEqual(having.map(({ name }) => name).sort());
      }),
    );
    expect(table.named('10.0.0.64/26')).toBe(blocks[2]!);
    expect([...table].length).toBe(table.size);
  });
});

describe('users of addresses', () => {
  test('are noted as sets of addresses would', () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 20 }).map((offset) => `10.0.0.${offset}/32`),
      fc.integer({ min: 0, max: 3 }).map((offset) => `FD00::${offset}/128`),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const table = blockTable();
        table.add(surveyed(block('10.0.0.0/29', 'host:n', 8, { 0: pod('a', 'n'), 7: pod('b', 'n') })));
        const ledger = useLedger(table, true);
        for (const [index, each] of words.entries()) ledger.note(each, () => `owner ${index}`);
        const texts = words.map((each) => formatAddress(parseAddress(each.split('/')[0]!)!));
        expect(ledger.addresses).toBe(new Set(texts).size);
        expect(ledger.unallocated.map(({ address }) => address)).toEqual(
          texts.filter((text) => text !== '10.0.0.0' && text !== '10.0.0.7'),
        );
        expect([...ledger.repeated].sort()).toEqual(
          [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))].sort(),
        );
        for (const text of texts)
          expect(ledger.ownersOf(text)).toEqual(
            texts.flatMap((other, index) => (other === text ? [`owner ${index}`] : [])),
          );
      }),
    );
  });
});

describe('faults of blocks', () => {
  const sound = block('10.0.0.0/30', 'host:n', 4, { 0: pod('a', 'n'), 1: pod('b', 'n') });
  const fault = (change: object) => surveyed({ ...sound, ...change }).fault;

  test('are told in the words of the reference, the first of them', () => {
    expect(fault({})).toBeUndefined();
    expect(
      fault({ attributes: null, allocations: [null, null, null, null], unallocated: [0, 1, 2, 3] }),
    ).toBeUndefined();
    expect(fault({ allocations: [0, 5, null, null] })).toBe('allocation 1 indexes a nonexistent attribute 5');
    expect(fault({ allocations: [0, 0, null, null] })).toBe(
      'attribute index 1 exists but is not indexed by an allocation',
    );
    expect(fault({ attributes: [{}, { releasedAt: '2036-01-01T00:00:00Z' }] })).toBe(
      'attribute index 1 has releasedAt in the future, suggesting clock skew',
    );
    expect(fault({ unallocated: [2, 9] })).toBe(
      'ordinal 9 appears in the Unallocated array but is out of the block',
    );
    expect(fault({ unallocated: [2, 2] })).toBe('ordinal 2 appears more than once in Unallocated array');
    expect(fault({ unallocated: [2, 1] })).toBe('ordinal 1 is allocated but appears in Unallocated');
    expect(fault({ unallocated: [2] })).toBe(
      'expected 4 addresses in this block, but Unallocated (1) + Allocated (2) = 3',
    );
  });

  test('hostile parts are told too, in bounded memory', () => {
    expect(fault({ allocations: 'x', unallocated: 7, attributes: {} })).toContain('expected 4 addresses');
    const wide = surveyed({ ...sound, cidr: '10.0.0.0/8' });
    expect(wide.states.length).toBe(4);
    expect(wide.fault).toBe(
      'expected 16777216 addresses in this block, but Unallocated (2) + Allocated (2) = 4',
    );
  });

  test('whatever stands in a block, it is looked at to its end', () => {
    const sound = block('10.0.0.0/30', 'host:n', 4, { 0: pod('a', 'n') });
    const part = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.oneof(fc.constant(null), fc.integer({ max: 5 }), fc.jsonValue())),
    );
    const attribute = fc.record({
      handle_id: fc.jsonValue(),
      secondary: fc.jsonValue(),
      releasedAt: fc.jsonValue(),
    });
    const changes = fc.record(
      {
        ...{ allocations: part, unallocated: part, attributes: fc.oneof(part, fc.array(attribute)) },
        ...{ affinity: fc.jsonValue(), sequenceNumber: fc.jsonValue(), sequenceNumberForAllocation: part },
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, (change) => {
        const spec = { ...sound, ...change };
        const { states, range } = surveyed(spec);
        const resource = {
          apiVersion: API_VERSION,
          kind: 'IPAMBlock',
          metadata: { name: 'b' },
          spec: spec as never,
        };
        for (const record of recordsOf(resource, range)) {
          expect(states[record.ordinal]! & ALLOCATED).toBe(ALLOCATED);
          expect(attributesText(record.attribute)).toBeString();
        }
      }),
    );
  });

  test('a block takes a byte for each of its addresses', () => {
    expect(surveyed(block('10.0.0.0/26', 'host:n', 64, {})).states.byteLength).toBe(64);
  });
});
