import { peerNamed } from './names.ts';
import type { ProtocolRow } from './protocols.ts';
import type { BgpSession, Family, RouteCounts } from './session.ts';

/** The BGP sessions among the protocols, in BIRD's order. Of `show protocols` without `all` much is left out. */
export function sessionsOf(rows: readonly ProtocolRow[]): readonly BgpSession[] {
  return rows.filter(({ proto }) => proto === 'BGP').map(sessionOf);
}

function sessionOf(row: ProtocolRow): BgpSession {
  const { name, state, since } = row;
  const named = peerNamed(name);
  const fields = fieldsOf(row.details);
  const [peerAddress = named?.address ?? name] = fields.get('Neighbor address')?.split(' ') ?? [];
  const family: Family = fields.has('Neighbor address')
    ? familyOf(peerAddress)
    : (named?.family ?? familyOf(peerAddress));
  const info = row.info === '' ? (fields.get('BGP state') ?? '') : row.info;
  const session = fields.get('Session')?.split(' ');
  const peerPort = numberIn(fields.get('Neighbor port')) ?? named?.port;
  const peerAs = numberIn(fields.get('Neighbor AS'));
  // BIRD 1.6 does not tell our own, but both ends of an internal session have the same.
  const localAs = numberIn(fields.get('Local AS')) ?? (session?.includes('internal') ? peerAs : undefined);
  const localAddress = fields.get('Source address');
  const lastError = errorOf(row, fields);
  return {
    name,
    type: named?.type ?? 'other',
    family,
    peerAddress,
    ...(peerPort === undefined ? {} : { peerPort }),
    ...(peerAs === undefined ? {} : { peerAs }),
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(localAs === undefined ? {} : { localAs }),
    state,
    since,
    info,
    established: /^Established\b/.test(info),
    ...(lastError === undefined ? {} : { lastError }),
    ...(session === undefined ? {} : { routeReflector: session.includes('route-reflector') }),
    routes: routesOf(row.details, family),
  };
}

/** Switched off in the configuration or by `birdc disable`: BIRD keeps no other enabled session down. */
export function isDisabled({ state, lastError }: BgpSession): boolean {
  return state === 'down' && !lastError?.startsWith('Automatic shutdown');
}

/** Of the protocol itself: what stands below a channel is not among it. */
function fieldsOf(details: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of details) {
    // No part of it can match in two ways: of a hostile pod, a line is as long as it likes.
    const [, key, value] = /^\s+([A-Z][\w -]*):\s+(\S.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined && !fields.has(key)) fields.set(key, value.trimEnd());
  }
  return fields;
}

/**
 * `Idle  BGP Error: Bad peer AS` is a state of the BGP machine and an error; a session that is down has only the latter.
 * With it goes what the peer gave as its reason for a shutdown.
 */
function errorOf({ info, state }: ProtocolRow, fields: ReadonlyMap<string, string>): string | undefined {
  const text = state === 'down' ? info : info.replace(/^\S+\s*/, '');
  const error = fields.get('Last error') ?? (text === '' || text === 'Down' ? undefined : text);
  const message = fields.get('Message');
  return error === undefined || message === undefined ? error : `${error} (${message})`;
}

/** BIRD 1.6 counts for the protocol, later ones for each channel that is up. */
function routesOf(details: readonly string[], family: Family): BgpSession['routes'] {
  const routes: { [family in Family]?: RouteCounts } = {};
  let channel: string = family;
  details.forEach((line, index) => {
    channel = /^\s+Channel (\S+)/.exec(line)?.[1] ?? channel;
    if ((channel === 'ipv4' || channel === 'ipv6') && /^\s+Routes:/.test(line))
      routes[channel] = countsIn(line, details.slice(index + 1, index + 3));
  });
  return routes;
}

function countsIn(line: string, below: readonly string[]): RouteCounts {
  const count = (word: string) => numberIn(new RegExp(`\\b(\\d{1,15}) ${word}\\b`).exec(line)?.[1]);
  const [imported, filtered, exported, preferred] = ['imported', 'filtered', 'exported', 'preferred'].map(
    count,
  );
  // Without `import keep filtered` BIRD forgets what it refuses, so what was received is known only if it refused nothing.
  const [, , rejected, dropped] = (below.find((text) => /Import updates:/.test(text)) ?? '')
    .trim()
    .split(/\s+/)
    .slice(1);
  const received =
    filtered === undefined
      ? rejected === '0' && dropped === '0'
        ? imported
        : undefined
      : (imported ?? 0) + filtered;
  return {
    ...(received === undefined ? {} : { received }),
    ...(imported === undefined ? {} : { imported }),
    ...(filtered === undefined ? {} : { filtered }),
    ...(exported === undefined ? {} : { exported }),
    ...(preferred === undefined ? {} : { preferred }),
  };
}

function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
