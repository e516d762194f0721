import type { BgpSession } from '../../bird/session.ts';
import { CalicoctlError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { formatAddress, parseAddress } from '../../resources/net/address.ts';

/** A session, and the socket of the BIRD that has it. */
export interface Target {
  readonly socket: string;
  readonly session: BgpSession;
}

/** So many peers are named where the one asked for is none of them. */
const NAMED = 10;

/**
 * The sessions with a peer, given by its address or by BIRD's name of the protocol; all of Calico's where none is given.
 * Throws `not-found` where there is none.
 */
export function targetsFor(targets: readonly Target[], peer: string | undefined): readonly Target[] {
  if (peer === undefined) return targets.filter(({ session }) => session.type !== 'other');
  const address = canonical(peer);
  const found = targets.filter(
    ({ session }) => session.name === peer || canonical(session.peerAddress) === address,
  );
  if (found.length > 0) return found;
  const known = targets.flatMap(({ session }) => [session.peerAddress, session.name]);
  throw new CalicoctlError(
    'not-found',
    `this node has no BGP session with ${JSON.stringify(peer)}${didYouMean(peer, known)}`,
    { hint: hintOf(targets) },
  );
}

function hintOf(targets: readonly Target[]): string {
  const names = [...new Set(targets.map(({ session }) => session.peerAddress))];
  if (names.length === 0) return 'It has none at all.';
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more (see calicoctl node status)` : '';
  return `Its peers are ${names.slice(0, NAMED).join(', ')}${more}.`;
}

/** Addresses are written in many ways; what is none stays as it is. A zone such as `%eth0` is of no account. */
function canonical(text: string): string {
  const address = parseAddress(text.replace(/%.*$/, ''));
  return address === undefined ? text : formatAddress(address);
}
