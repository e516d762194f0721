import type { Datastore } from '../../datastore/datastore.ts';
import type { IpamFinding } from '../finding.ts';
import { isUnchanged, lookedAt } from '../survey/again.ts';
import { ALLOCATED, type Survey, WINDOWS_RESERVED } from '../survey/survey.ts';
import { found } from './finding.ts';

/** Blocks without owner and without addresses in use (CAL3012). */
export default function blocksEmpty(survey: Survey, store: Datastore): AsyncIterable<IpamFinding> {
  const empty = [...survey.blocks].filter(
    ({ owner, states, fault, affinity }) =>
      owner === undefined &&
      affinity === '' &&
      fault === undefined &&
      !states.some((state) => (state & ALLOCATED) !== 0 && (state & WINDOWS_RESERVED) === 0),
  );
  return lookedAt(store, empty, async (block) => {
    if (!(await isUnchanged(store, block))) return undefined;
    const { name, version } = block;
    return found('CAL3012', {
      subject: { kind: 'block', name },
      message: `block ${name} belongs to nobody, and none of its addresses is in use`,
      evidence: { version, size: block.states.length },
      fix: { write: 'delete-block', block: name, version },
    });
  });
}
