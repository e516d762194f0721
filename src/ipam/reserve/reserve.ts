import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { allPools } from '../../operations/ipam/pools.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import { createResource } from '../../operations/write.ts';
import { API_VERSION, formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import {
  type Cidr,
  containsCidr,
  formatCidr,
  networkOf,
  overlaps,
  parseCidrOrAddress,
} from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { readReservations } from '../survey/settings.ts';
import type { Reservation } from '../survey/survey.ts';

/** Ranges of addresses that are to be kept, and where. */
export interface Wish {
  readonly ranges: readonly Cidr[];
  /** Of the IPReservation, which is made where it is not there. */
  readonly name: string;
  readonly reason: string | undefined;
  /** Take ranges that lie in no pool. */
  readonly force: boolean;
}

export interface ReserveOutcome {
  /** Ranges that the reservation did not have. */
  readonly added: readonly Cidr[];
  /** Ranges that it had, alone or within greater ones. */
  readonly held: readonly Cidr[];
  /** Other reservations that share addresses with the ranges. */
  readonly overlaps: readonly (Reservation & { readonly wanted: Cidr })[];
}

/** Why the addresses are reserved. */
const REASON = 'calicoctl.projectcalico.org/reason';

export function rangesIn(words: readonly string[]): readonly Cidr[] {
  return words.map((word) => {
    const range = parseCidrOrAddress(word);
    if (range === undefined)
      throw new CalicoctlError('usage', `'${word}' is neither an address nor a CIDR such as 192.0.2.0/28`);
    const network = networkOf(range);
    if (network.address.value === range.address.value) return network;
    throw new CalicoctlError('usage', `'${word}' is no network: its address is not the first one`, {
      hint: `Write ${formatCidr(network)} for the network, or the address alone.`,
    });
  });
}

/** Keeps ranges from being handed out on their own: makes a reservation or extends it. Addresses in use stay so. */
export async function reserve(store: Datastore, wish: Wish): Promise<ReserveOutcome> {
  if (!wish.force) await refuseStrangers(store, wish.ranges);
  const others = (await readReservations(store)).filter(({ name }) => name !== wish.name);
  const shared = wish.ranges.flatMap((wanted) =>
    others.filter(({ range }) => overlaps(range, wanted)).map((other) => ({ ...other, wanted })),
  );
  const ref: Ref = { kind: await kindOf('IPReservation'), name: wish.name };
  const added = await untilUndisturbed(() => extend(store, ref, wish));
  return { added, held: wish.ranges.filter((range) => !added.includes(range)), overlaps: shared };
}

async function refuseStrangers(store: Datastore, ranges: readonly Cidr[]): Promise<void> {
  const pools = await allPools(store);
  const strange = ranges.filter((range) => !pools.some((pool) => overlaps(pool.range, range)));
  if (strange.length === 0) return;
  throw new CalicoctlError(
    'input',
    `${strange.map(formatCidr).join(', ')} lies in no IP pool, so nobody gets its addresses`,
    {
      hint: 'Nothing was reserved. `calicoctl get ippool` shows the pools; --force reserves it all the same, as for a pool to come.',
    },
  );
}

async function extend(store: Datastore, ref: Ref, { ranges, reason }: Wish): Promise<readonly Cidr[]> {
  const stored = await unlessNotFound(store.get(ref));
  const known = stored === undefined ? [] : rangesOf(stored).flatMap(({ range }) => range ?? []);
  refuseOtherReason(ref, stored, reason);
  const added = ranges.filter(
    (range, index) => ![...known, ...ranges.slice(0, index)].some((other) => containsCidr(other, range)),
  );
  const note = reason === undefined ? {} : { [REASON]: reason };
  const isNoted = reason === undefined || stored?.metadata.annotations?.[REASON] === reason;
  if (stored === undefined) {
    const metadata = { name: ref.name, ...(reason === undefined ? {} : { annotations: note }) };
    const spec = { reservedCIDRs: added.map(formatCidr) };
    await createResource(store, {
      ref,
      resource: { apiVersion: API_VERSION, kind: ref.kind.kind, metadata, spec },
    });
  } else if (added.length > 0 || !isNoted) {
    const annotations = { ...stored.metadata.annotations, ...note };
    const metadata =
      Object.keys(annotations).length === 0 ? stored.metadata : { ...stored.metadata, annotations };
    await store.update(ref, {
      ...stored,
      metadata,
      spec: withRanges(stored, [...textsOf(stored), ...added.map(formatCidr)]),
    });
  }
  return added;
}

/** One reservation has one reason, so that nobody's is lost. */
function refuseOtherReason(ref: Ref, stored: Resource | undefined, reason: string | undefined): void {
  const known = stored?.metadata.annotations?.[REASON];
  if (known === undefined || reason === undefined || known === reason) return;
  throw new CalicoctlError('input', `${formatRef(ref)} is for another reason: ${known}`, {
    resource: formatRef(ref),
    hint: 'Give this one a reservation of its own with --name.',
  });
}

export function textsOf({ spec }: Resource): readonly string[] {
  return ((spec['reservedCIDRs'] ?? []) as readonly unknown[]).map(String);
}

/** Entries as they are written; what cannot be read reserves nothing, and stays. */
export function rangesOf(
  reservation: Resource,
): readonly { readonly text: string; readonly range: Cidr | undefined }[] {
  return textsOf(reservation).map((text) => {
    const range = parseCidrOrAddress(text.trim());
    return { text, range: range && networkOf(range) };
  });
}

export function withRanges({ spec }: Resource, texts: readonly string[]): Resource['spec'] {
  return { ...spec, reservedCIDRs: texts };
}
