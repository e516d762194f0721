import { counted } from '../../core/words.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { addressSet, countWithin } from '../../resources/net/addressset.ts';
import { containsAddress, formatCidr, overlaps } from '../../resources/net/cidr.ts';
import type { IpamFinding } from '../finding.ts';
import { blocksNow } from '../survey/again.ts';
import type { Allocation } from '../survey/allocation.ts';
import { readReservations } from '../survey/settings.ts';
import { ALLOCATED, COOLING, type Reservation, type Survey, WINDOWS_RESERVED } from '../survey/survey.ts';
import { addressesEvidence } from './evidence.ts';
import { found } from './finding.ts';

/** Reserved addresses that somebody has (CAL3025). */
export default async function* reservations(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  if (survey.reservations.length === 0) return;
  const reserved = addressSet(survey.reservations.map(({ range }) => range));
  const concerned = [...survey.blocks].filter(
    ({ range, states }) =>
      states.some((state) => (state & ALLOCATED) !== 0 && (state & (COOLING | WINDOWS_RESERVED)) === 0) &&
      countWithin(reserved, range) > 0n,
  );
  const inUse = new Map<Reservation, Allocation[]>();
  for await (const { seen, held } of blocksNow(store, survey, concerned)) {
    for (const reservation of survey.reservations.filter(({ range }) => overlaps(range, seen.range))) {
      const taken = held.filter(({ address }) => containsAddress(reservation.range, address));
      if (taken.length === 0) continue;
      const known = inUse.get(reservation);
      if (known === undefined) inUse.set(reservation, taken);
      else for (const each of taken) known.push(each);
    }
  }
  if (inUse.size === 0) return;
  const still = new Set((await readReservations(store)).map(keyOf));
  for (const [reservation, taken] of inUse) {
    const { name, range } = reservation;
    if (!still.has(keyOf(reservation))) continue;
    yield found('CAL3025', {
      subject: { kind: 'reservation', name },
      message: `${counted(taken.length, 'address')} of ${formatCidr(range)}, which reservation ${name} keeps back, ${taken.length === 1 ? 'is' : 'are'} in use`,
      evidence: { range: formatCidr(range), ...addressesEvidence(taken) },
    });
  }
}

function keyOf({ name, range }: Reservation): string {
  return `${name} ${formatCidr(range)}`;
}
