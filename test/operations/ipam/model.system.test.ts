import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
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
} from '../../../src/operations/ipam/block.ts';
import { freeAddresses } from '../../../src/operations/ipam/free.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { formatAddress, parseAddress } from '../../../src/resources/net/address.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';
import {
  addressOf,
  assign,
  collect,
  isEmptyNaively,
  type Naive,
  naiveBlock,
  release,
  storedBlock,
  type Wish,
} from './naive.ts';

/**
 * Long lives of a block, in which other programs hand out addresses and ours takes them back, beside a naive model of the
 * same block. After every step both are asked who has what and who is next.
 */

const OUTSIDE = '203.0.113.9';
const HANDLES = [undefined, 'k8s-pod-network.1', 'K8S-pod-network.1', 'ipip-tunnel-addr-worker-1'];

const steps = fc.oneof(
  fc.record({
    do: fc.constant('assign' as const),
    count: fc.integer({ min: 0, max: 5 }),
    handle: fc.constantFrom(...HANDLES),
    pod: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    do: fc.constant('release' as const),
    wishes: fc.array(
      fc.record({
        which: fc.nat(),
        handle: fc.constantFrom('any', 'any', 'right', 'right', 'wrong', 'none'),
        sequence: fc.constantFrom('any', 'any', 'right', 'right', 'wrong', 'rounded'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  fc.record({
    do: fc.constant('wait' as const),
    milliseconds: fc.constantFrom<number[]>(-20_000, 250, 1_000, 5_000, 5_000, 30_000, 60_000),
  }),
  fc.record({ do: fc.constant('collect' as const) }),
  fc.record({ do: fc.constant('disown' as const) }),
  fc.record({ do: fc.constant('configure' as const), cooldown: fc.constantFrom(-1, 0, 5, 30) }),
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const block = fc
  .oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: 6, max: 12 }) },
  )
  .chain((bits) =>
    fc.record({
      cidr: fc.constantFrom(
        `10.96.64.0/${32 - bits}`,
        `fd00:96::4000/${128 - bits}`,
        `255.255.240.0/${32 - bits}`,
      ),
      windows: bits >= 3 ? fc.boolean() : fc.constant(false),
    }),
  );

const life = fc.record({
  block,
  sequence: fc.oneof(fc.bigInt(2n ** 53n - 4n, 2n ** 53n + 4n), fc.bigInt(1n, 2n ** 63n)),
  cooldown: fc.constantFrom(-1, 0, 0, 5, 30),
  steps: fc.array(steps, { maxLength: 24 }),
});

/** What ours holds, in the words of the model. */
function seen({ spec, range }: Block) {
  const ordinals = spec.allocations.map((_, ordinal) => ordinal);
  return {
    held: ordinals.flatMap((ordinal) => {
      const attribute = attributeAt({ spec, range }, ordinal);
      if (attribute === undefined) return [];
      const { handle_id: handle, secondary, releasedAt } = attribute;
      const sequence = BigInt(spec.sequenceNumberForAllocation[ordinal] ?? 0);
      return [[formatAddress(addressAt({ spec, range }, ordinal)), handle, secondary, sequence, releasedAt]];
    }),
    queue: spec.unallocated.map((ordinal) => formatAddress(addressAt({ spec, range }, ordinal))),
    owner: spec.affinity,
    sequence: BigInt(spec.sequenceNumber),
    empty: isEmpty({ spec, range }),
  };
}

function expected(model: Naive) {
  const at = (time: number | undefined) =>
    time === undefined ? undefined : new Date(time).toISOString().replace('.000', '');
  return {
    held: [...model.held]
      .sort(([a], [b]) => (parseAddress(a)!.value < parseAddress(b)!.value ? -1 : 1))
      .map(([address, { handle, attributes, sequence, releasedAt }]) =>
        releasedAt === undefined
          ? [address, handle, attributes, sequence, undefined]
          : [address, undefined, undefined, sequence, at(releasedAt)],
      ),
    queue: model.queue,
    owner: model.owner,
    sequence: model.sequence,
    empty: isEmptyNaively(model),
  };
}

/** What must hold of every block that we would write. */
function expectSound({ spec }: Block): void {
  const taken = spec.allocations.flatMap((index, ordinal) => (index === null ? [] : [ordinal]));
  expect(new Set([...spec.unallocated, ...taken]).size).toBe(spec.allocations.length);
  expect(spec.unallocated.length + taken.length).toBe(spec.allocations.length);
  const used = new Set(spec.allocations.filter((index) => index !== null));
  expect([...used].sort((a, b) => a - b)).toEqual([...spec.attributes.keys()]);
  const stale = Object.keys(spec.sequenceNumberForAllocation).filter((key) => !taken.includes(Number(key)));
  expect(stale).toEqual([]);
}

function wishOf(
  model: Naive,
  { which, handle, sequence }: Extract<Step, { do: 'release' }>['wishes'][number],
): Wish {
  const size = model.held.size + model.queue.length;
  const address = which % 17 === 0 ? OUTSIDE : addressOf(model.range, which % size);
  const holding = model.held.get(address);
  const right = holding?.sequence ?? 0n;
  const handles = { any: undefined, right: holding?.handle ?? '', wrong: 'nobody.0', none: '' };
  const sequences = { any: undefined, right, wrong: right + 1n, rounded: BigInt(Number(right)) };
  return {
    address,
    ...(handles[handle] === undefined ? {} : { handle: handles[handle] }),
    ...(sequences[sequence] === undefined || address === OUTSIDE
      ? {}
      : { sequenceNumber: sequences[sequence] }),
  };
}

/** One life: `stored` is what the datastore holds. */
class Life {
  stored: Resource;
  now = Date.parse('2026-05-04T10:00:00.000Z');

  constructor(
    public model: Naive,
    public cooldown: number,
  ) {
    this.stored = storedBlock(model);
  }

  read(): Block {
    const text = stringifyJson(this.stored);
    const again = parseJson(text) as unknown as Resource;
    expect(stringifyJson(again)).toBe(text);
    return blockOf(again);
  }

  /** As each operation sees the block: what has rested long enough is free. */
  collected(): Block {
    collect(this.model, this.cooldown, this.now);
    return collectGarbage(this.read(), this.cooldown, new Date(this.now));
  }

  write(next: Block): void {
    const before = BigInt(this.read().spec.sequenceNumber);
    const spec = advanced(next);
    expect(BigInt(spec.sequenceNumber)).toBe(before + 1n);
    this.model.sequence += 1n;
    expectSound({ ...next, spec });
    this.stored = { ...this.stored, spec: spec as unknown as Resource['spec'] };
  }

  /** Both sides as an operation would see them now; nothing is kept of what rest ended meanwhile. */
  compare(): void {
    const kept = structuredClone(this.model);
    expect(seen(this.collected())).toEqual(expected(this.model));
    this.model = kept;
  }

  step(step: Step): void {
    const [stored, model] = [this.stored, structuredClone(this.model)];
    this.take(step);
    // What was not written did not happen.
    if (this.stored === stored) this.model = model;
  }

  take(step: Step): void {
    if (step.do === 'wait') this.now += step.milliseconds;
    else if (step.do === 'configure') this.cooldown = step.cooldown;
    else if (step.do === 'collect') this.write(this.collected());
    else if (step.do === 'disown') {
      this.write(disowned(this.collected()));
      this.model.owner = null;
      expect('affinityClaimTime' in this.stored.spec).toBe(false);
    } else if (step.do === 'assign') {
      // Another program writes the block; what ours left in it must be all that it needs.
      collect(this.model, this.cooldown, this.now);
      const front = [...this.model.queue];
      const given = assign(this.model, step.count, step.handle, { pod: step.pod, node: 'worker-1' });
      expect(given).toEqual(front.slice(0, step.count));
      this.stored = storedBlock(this.model);
    } else this.release(step.wishes.map((wish) => wishOf(this.model, wish)));
  }

  release(wishes: readonly Wish[]): void {
    const before = this.collected();
    const handlesBefore = new Map([...this.model.held].map(([address, { handle }]) => [address, handle]));
    const now = new Date(this.now);
    const requests = wishes.map(({ address, ...rest }) => ({ address: parseAddress(address)!, ...rest }));
    const freed = freeAddresses(before, requests, now);
    const wanted = release(this.model, wishes, this.now);
    expect('refusal' in freed).toBe(wanted === undefined);
    if ('refusal' in freed || wanted === undefined) return;
    expect(freed.released.map(formatAddress)).toEqual([...wanted.released]);
    expect(freed.notAllocated.map(formatAddress)).toEqual([...wanted.absent]);
    const counts: Record<string, number> = {};
    for (const address of wanted.released) {
      const handle = handlesBefore.get(address);
      if (handle !== undefined) counts[handle] = (counts[handle] ?? 0) + 1;
    }
    expect(Object.fromEntries(freed.handles)).toEqual(counts);
    if (freed.released.length === 0) return;
    collect(this.model, this.cooldown, this.now);
    this.write(collectGarbage(freed.block, this.cooldown, now));
  }
}

describe('a block through a long life', () => {
  test('is what a naive model of it is, step by step', () => {
    fc.assert(
      fc.property(life, ({ block: { cidr, windows }, sequence, cooldown, steps }) => {
        const run = new Life(naiveBlock(parseCidr(cidr)!, sequence, windows), cooldown);
        for (const step of steps) {
          const before = run.model.sequence;
          run.step(step);
          expect(run.model.sequence >= before).toBe(true);
          run.compare();
        }
      }),
      { numRuns: 300 },
    );
  });

  test('hands out freed addresses in the order in which they became free', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
        fc.constantFrom('10.0.0.0/29', 'fd00::/125'),
        (order, cidr) => {
          const run = new Life(naiveBlock(parseCidr(cidr)!, 2n ** 60n, false), 0);
          assign(run.model, 8, 'a', {});
          run.stored = storedBlock(run.model);
          for (const ordinal of order) run.release([{ address: addressOf(run.model.range, ordinal) }]);
          expect(run.read().spec.unallocated).toEqual(order);
        },
      ),
    );
  });
});

describe('an address that rests', () => {
  const rested = (cooldown: number, milliseconds: number) => {
    const run = new Life(naiveBlock(parseCidr('10.0.0.0/31')!, 2n ** 60n, false), 3600);
    const [address] = assign(run.model, 1, 'a', {}) as [string];
    run.stored = storedBlock(run.model);
    run.release([{ address }]);
    run.cooldown = cooldown;
    run.step({ do: 'wait', milliseconds });
    return run.collected().spec.unallocated;
  };

  test('does so to the very second, and not at all where the cool-down is negative', () => {
    expect([rested(5, 5_000), rested(5, 5_250), rested(0, -250), rested(0, 0)]).toEqual([
      [1],
      [1, 0],
      [1],
      [1, 0],
    ]);
    expect(rested(-1, -60_000)).toEqual([1, 0]);
  });
});

describe('sequence numbers beyond 2^53', () => {
  test('tell neighbours apart that a double cannot', () => {
    const run = new Life(naiveBlock(parseCidr('10.0.0.0/30')!, 1_800_000_000_000_000_001n, false), 0);
    const [address] = assign(run.model, 1, 'a', {}) as [string];
    run.stored = storedBlock(run.model);
    const refusedWith = (sequenceNumber: bigint) =>
      'refusal' in
      freeAddresses(run.read(), [{ address: parseAddress(address)!, sequenceNumber }], new Date(run.now));
    expect([-1n, 0n, 1n].map((step) => refusedWith(1_800_000_000_000_000_001n + step))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
