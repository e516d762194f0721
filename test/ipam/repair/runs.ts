import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Fix } from '../../../src/ipam/finding.ts';
import { repairAll } from '../../../src/ipam/repair/repair.ts';
import type { Purpose, Repair, RunOptions, Verdict } from '../../../src/ipam/repair/run.ts';
import { imagined, type Write, type WriteOutcome } from '../../../src/ipam/repair/store.ts';
import { usesIn } from '../../../src/ipam/repair/uses.ts';
import { formatRef } from '../../../src/resources/kind.ts';
import { put, ref } from '../../operations/stores.ts';

/** Runs of repairs over given fixes, and what they are shown to write. */

export interface Witnessed extends Write {
  readonly purpose: Purpose;
  outcome?: WriteOutcome;
}

export interface Ran {
  readonly verdicts: readonly Verdict[];
  readonly writes: readonly Witnessed[];
}

export const TEN_MINUTES = 600_000;

export async function run(
  store: Datastore,
  fixes: readonly Fix[],
  options: Partial<RunOptions> & { readonly dryRun?: boolean } = {},
): Promise<Ran> {
  const repairs = fixes.map(
    (fix): Repair => ({
      code: 'CAL3001',
      subject: { kind: 'address', name: JSON.stringify(fix.write) },
      fix,
    }),
  );
  const writes: Witnessed[] = [];
  const whole: RunOptions = {
    minAge: TEN_MINUTES,
    locked: async () => false,
    settle: 0,
    began: Date.now(),
    unseen: { services: true, machines: true },
    uses: usesIn(store, undefined),
    signal: new AbortController().signal,
    ...options,
  };
  const verdicts = await repairAll(
    options.dryRun ? imagined(store) : store,
    repairs,
    whole,
    async (write, purpose) => {
      const seen: Witnessed = { ...write, purpose };
      writes.push(seen);
      return async (outcome) => {
        seen.outcome = outcome;
      };
    },
  );
  return { verdicts: repairs.map((repair) => verdicts.get(repair)!), writes };
}

/** `update IPAMBlock(10.0.0.0/30)` and the like. */
export function told({ writes }: Ran): readonly string[] {
  return writes.map(({ ref, before, after }) => {
    const verb = before === undefined ? 'create' : after === undefined ? 'delete' : 'update';
    return `${verb} ${formatRef(ref)}`;
  });
}

export const LONG_AGO = '2026-01-01 10:00:00.123456789 +0000 UTC';

export interface Taken {
  readonly handle?: string;
  /** When; long ago unless given, `''` for unknown. */
  readonly at?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** A block of four addresses whose sequence number is so large, with some taken. */
export const SEQUENCE = 1_800_000_000_000_000_001n;

export function block(
  cidr: string,
  taken: Readonly<Record<number, Taken>>,
  more: object = { affinity: 'host:worker-1' },
): object {
  const ordinals = [0, 1, 2, 3];
  const used = Object.keys(taken).map(Number);
  const attributes = used.map((ordinal) => {
    const { handle, at = LONG_AGO, more: rest = {} } = taken[ordinal]!;
    const secondary = { pod: `pod-${ordinal}`, ...(at === '' ? {} : { timestamp: at }), ...rest };
    return { ...(handle === undefined ? {} : { handle_id: handle }), secondary };
  });
  return {
    ...{ cidr, attributes, deleted: false },
    allocations: ordinals.map((ordinal) => (used.includes(ordinal) ? used.indexOf(ordinal) : null)),
    unallocated: ordinals.filter((ordinal) => !used.includes(ordinal)),
    sequenceNumber: SEQUENCE,
    sequenceNumberForAllocation: Object.fromEntries(used.map((ordinal) => [ordinal, SEQUENCE - 1n])),
    ...more,
  };
}

export async function putHandle(store: Datastore, id: string, blocks: Record<string, number>) {
  return put(store, 'IPAMHandle', id, { handleID: id, block: blocks, deleted: false });
}

export async function putAffinity(store: Datastore, node: string, cidr: string, state = 'confirmed') {
  const spec = { state, node, type: 'host', cidr, deleted: false };
  return put(store, 'BlockAffinity', `host/${node}/${cidr}`, spec);
}

/** A fix that releases an address as `block` takes it. */
export function releaseOf(address: string, cidr: string, handle = ''): Fix {
  return { write: 'release-address', address, block: cidr, handle, sequenceNumber: SEQUENCE - 1n };
}

export async function versionOf(store: Datastore, kind: string, name: string): Promise<string> {
  return (await store.get(await ref(kind, name))).metadata.resourceVersion!;
}
