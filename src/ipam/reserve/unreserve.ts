import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { type Cidr, formatCidr, overlaps } from '../../resources/net/cidr.ts';
import { without } from '../../resources/net/without.ts';
import { kindOf } from '../../resources/registry.ts';
import { rangesOf, withRanges } from './reserve.ts';

/** What became of a reservation. */
export interface Freed {
  readonly name: string;
  /** Ranges it has still; undefined where nothing was left and it was deleted. */
  readonly left: readonly string[] | undefined;
}

/** Which ranges are to be free again; `name` limits that to one reservation, and alone takes all of it. */
export interface Release {
  readonly ranges: readonly Cidr[];
  readonly name: string | undefined;
}

/**
 * Takes ranges out of reservations, exactly: what is reserved beside them stays so, in smaller ranges. Throws
 * `not-found`, before anything is written, where one of them is not reserved at all.
 */
export async function unreserve(store: Datastore, { ranges, name }: Release): Promise<readonly Freed[]> {
  const kind = await kindOf('IPReservation');
  const found: Resource[] = [];
  if (name === undefined) for await (const each of listed(store, { kind })) found.push(each);
  else found.push(await store.get({ kind, name }));
  const concerned = found.filter(
    (each) => ranges.length === 0 || ranges.some((range) => isReserved(each, range)),
  );
  const strange = ranges.filter((range) => !concerned.some((each) => isReserved(each, range)));
  if (strange.length > 0)
    throw new CalicoctlError(
      'not-found',
      `${strange.map(formatCidr).join(', ')} is not reserved${name === undefined ? '' : ` by IPReservation(${name})`}`,
      {
        hint: 'Nothing was changed. `calicoctl get ipreservation -o wide` shows what is reserved.',
      },
    );
  const freed: Freed[] = [];
  for (const { metadata } of concerned)
    freed.push(...(await freeIn(store, { kind, name: metadata.name }, ranges)));
  return freed;
}

function isReserved(reservation: Resource, wanted: Cidr): boolean {
  return rangesOf(reservation).some(({ range }) => range !== undefined && overlaps(range, wanted));
}

function freeIn(store: Datastore, ref: Ref, ranges: readonly Cidr[]): Promise<readonly Freed[]> {
  return untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    if (stored === undefined) return [{ name: ref.name, left: undefined }];
    const left = ranges.length === 0 ? [] : rangesLeft(stored, ranges);
    if (left.length === 0) {
      await unlessNotFound(store.delete(ref, stored.metadata.resourceVersion));
      return [{ name: ref.name, left: undefined }];
    }
    await store.update(ref, { ...stored, spec: withRanges(stored, left) });
    return [{ name: ref.name, left }];
  });
}

/** Entries that nothing is taken from stay as they are written. */
export function rangesLeft(reservation: Resource, ranges: readonly Cidr[]): readonly string[] {
  const texts = rangesOf(reservation).flatMap(({ text, range }) => {
    if (range === undefined || !ranges.some((each) => overlaps(each, range))) return [text];
    return without(range, ranges).map(formatCidr);
  });
  return [...new Set(texts)];
}
