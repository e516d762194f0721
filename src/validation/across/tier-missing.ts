import { BUILT_IN_TIERS, TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { BETWEEN } from '../../resources/structure.ts';
import type { AcrossRule, Spot, Subject } from '../rule.ts';

/** So many policies of a tier that was not met yet are found in their document at once, which takes time. */
const FOUND_AT_ONCE = 20;

/** A policy further on is told by the line where it begins. */
function roughly({ ordinal, name, start }: Subject): Spot {
  return { ordinal, resource: name, path: ['spec', 'tier'], place: start };
}

const rule: AcrossRule = {
  ...BETWEEN.tier,
  severity: { offline: 'warning', live: 'error' },
  kinds: [...TIERED_KINDS, 'Tier'],
  start() {
    const tiers = new Set(Object.keys(BUILT_IN_TIERS));
    const waiting = new Map<string, Spot[]>();
    const wait = (tier: string, subject: Subject) => {
      const spots = waiting.get(tier) ?? [];
      spots.push(spots.length < FOUND_AT_ONCE ? subject.spot(['spec', 'tier']) : roughly(subject));
      waiting.set(tier, spots);
    };
    return {
      see(subject) {
        if (subject.kind.kind === 'Tier') {
          tiers.add(subject.ref.name);
          waiting.delete(subject.ref.name);
          return;
        }
        const tier = subject.resource.spec['tier'];
        if (typeof tier === 'string' && tier !== '' && !tiers.has(tier)) wait(tier, subject);
      },
      *faults() {
        for (const [tier, spots] of waiting)
          for (const spot of spots)
            yield { spot, value: tier, message: 'is a tier that is not among the resources' };
      },
    };
  },
};

export default rule;
