import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { type Cidr, formatCidr } from '../../resources/net/cidr.ts';
import { drain, openSurvey } from '../survey/read.ts';
import { ALLOCATED, IN_USE } from '../survey/survey.ts';
import type { StateLetter } from './data.ts';

/** For a block: true for an address that nobody uses, by its number in the block, sequence number and what it was taken for. */
export type LeakTest = (range: Cidr) => (ordinal: number, sequence: bigint, letter: StateLetter) => boolean;

/**
 * Looks who uses addresses, before the map reads its blocks: what is still taken then, under a sequence number from before,
 * has been seen twice. Throws where not all users can be read, since any address might be theirs.
 */
export async function findLeaks(store: Datastore, progress?: (read: number) => void): Promise<LeakTest> {
  const stages = openSurvey(store, progress === undefined ? {} : { progress });
  await drain(stages.blocks());
  await drain(stages.nodes());
  await drain(stages.services());
  await drain(stages.endpoints());
  const { blocks, servicesUnknown, unreadUsers } = stages.found;
  const [unread] = unreadUsers;
  if (unread !== undefined)
    throw new CalicoctlError('corrupt', `${unread.entry} cannot be read (${unread.reason})`);
  return (range) => {
    const block = blocks.named(formatCidr(range));
    if (block === undefined) return () => false;
    const { states } = block;
    const since = BigInt(block.sequenceNumber);
    return (ordinal, sequence, letter) => {
      if (letter === 'c' || letter === 'w' || (letter === 'l' && servicesUnknown)) return false;
      return sequence < since && ((states[ordinal] ?? 0) & (ALLOCATED | IN_USE)) === ALLOCATED;
    };
  };
}
