import { counted } from '../../core/words.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { IpamFinding } from '../finding.ts';
import { type BlockNow, blocksNow } from '../survey/again.ts';
import type { Allocation } from '../survey/allocation.ts';
import { COOLING, type Survey } from '../survey/survey.ts';
import { addressesEvidence } from './evidence.ts';
import { found } from './finding.ts';

/** A block is written by every assignment and release in it; a day without is long. */
const LONG_MS = 24 * 3600 * 1000;
/** Clocks of nodes differ by less than that where anybody looks after them. */
const SKEW_MS = 60_000;

/** Addresses that rest for too long (CAL3026), or since a time that is yet to come (CAL3027). */
export default async function* resting(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const concerned = [...survey.blocks].filter(({ states }) =>
    states.some((state) => (state & COOLING) !== 0),
  );
  const over = Date.now() - survey.settings.cooldownSeconds * 1000 - LONG_MS;
  for await (const now of blocksNow(store, survey, concerned)) {
    const late = now.resting.filter((each) => timeOf(each) < over);
    if (late.length > 0) yield tooLong(now, late, survey.settings.cooldownSeconds);
    const early = now.resting.filter((each) => timeOf(each) > Date.now() + SKEW_MS);
    if (early.length > 0) yield tooEarly(now, early);
  }
}

function timeOf({ releasedAt }: Allocation): number {
  return Date.parse(releasedAt!);
}

function firstOf(resting: readonly Allocation[]): string {
  return resting.map(({ releasedAt }) => releasedAt!).sort()[0]!;
}

function tooLong({ seen }: BlockNow, late: readonly Allocation[], cooldown: number): IpamFinding {
  const since = firstOf(late);
  return found('CAL3026', {
    subject: { kind: 'block', name: seen.name },
    message: `${counted(late.length, 'address')} of block ${seen.name} ${late.length === 1 ? 'rests' : 'rest'} since ${since}, though released addresses rest for ${counted(cooldown, 'second')}`,
    since,
    evidence: { cooldownSeconds: cooldown, ...addressesEvidence(late) },
  });
}

function tooEarly({ seen }: BlockNow, early: readonly Allocation[]): IpamFinding {
  return found('CAL3027', {
    subject: { kind: 'block', name: seen.name },
    message: `${counted(early.length, 'address')} of block ${seen.name} ${early.length === 1 ? 'is' : 'are'} recorded as released at ${firstOf(early)}, which is yet to come`,
    evidence: { now: new Date().toISOString(), ...addressesEvidence(early) },
    advice: 'Set the clocks of all nodes by NTP.',
  });
}
