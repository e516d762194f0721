import type { AddressReport, Sighting, User } from './report.ts';

/** How it came to be as it is, in sentences for whoever asks. */

/** `cooldown` is in seconds. */
export function reasons(report: AddressReport, cooldown: number): readonly string[] {
  const { blocks } = report;
  return [
    ...blocks.flatMap((sighting) => [...blockReasons(sighting, cooldown)]),
    ...userReasons(report),
    ...overlapReasons(blocks),
    ...poolReasons(report),
    ...reservationReasons(report),
    ...handleReasons(report),
  ];
}

function* blockReasons(sighting: Sighting, cooldown: number): Generator<string> {
  const { block, affinity, state, fault } = sighting;
  if (fault !== undefined) yield `${fault}.`;
  else if (state === 'allocated') {
    yield takenBecause(sighting);
    if (sighting.borrowed === true) yield borrowedBecause(sighting);
  } else if (state === 'resting') yield restingBecause(sighting, cooldown);
  else if (state === 'reserved for Windows')
    yield `Block ${block} keeps it free: Windows nodes need the first three addresses and the last one of every block for themselves.`;
  else
    yield `Nobody has it in block ${block}${affinity === null ? ', which has no owner' : ` of ${affinity}`}.`;
}

const TUNNELS: Readonly<Record<string, string>> = {
  ipipTunnelAddress: 'IP-in-IP tunnel',
  vxlanTunnelAddress: 'VXLAN tunnel',
  vxlanV6TunnelAddress: 'VXLAN tunnel of IPv6',
  wireguardTunnelAddress: 'WireGuard tunnel',
  wireguardV6TunnelAddress: 'WireGuard tunnel of IPv6',
};

function takenBecause({ attributes = {}, handle, node }: Sighting): string {
  const { namespace = '', pod, service, type = '' } = attributes;
  const machine = attributes['vmi-name'];
  const at = node === undefined ? '' : ` on node ${node}`;
  if (machine)
    return `It belongs to the virtual machine ${namespace}/${machine}${at}, which keeps it while it moves.`;
  if (pod) return `The CNI plug-in took it for pod ${namespace}/${pod}${at}.`;
  if (service) return `Calico's load balancer took it for service ${namespace}/${service}.`;
  if (TUNNELS[type] !== undefined)
    return `Node ${node ?? '?'} took it for the device of its ${TUNNELS[type]}.`;
  if (type !== '') return `It was taken as ${type}${at}.`;
  return handle === undefined
    ? 'It was taken by somebody who did not say what for, without a handle.'
    : `It was taken under handle ${handle}, and nothing says what for.`;
}

function borrowedBecause({ block, affinity, node }: Sighting): string {
  if (affinity === null)
    return `Block ${block} has no owner any more: it was given up while addresses of it were in use.`;
  return `Node ${node} borrowed it from block ${block} of ${affinity}: no block of its own had a free address then, or the address was asked for by name.`;
}

function restingBecause({ block, releasedAt = '' }: Sighting, cooldown: number): string {
  const end = new Date(Date.parse(releasedAt) + cooldown * 1000);
  const until = Number.isNaN(end.getTime()) ? '' : ` until ${end.toISOString().slice(0, 19)}Z`;
  return end.getTime() < Date.now()
    ? `It was released at ${releasedAt} and has rested long enough: the next change of block ${block} makes it free.`
    : `It was released at ${releasedAt} and rests${until}, so that no late packet reaches a new owner.`;
}

function* userReasons({ state, users, unseen, blocks }: AddressReport): Generator<string> {
  if (state === 'allocated')
    yield `Whether something uses it is not known: ${unseen.join(' and ')} cannot be looked at here.`;
  if (state === 'allocated, but nothing uses it')
    yield blocks.some(({ attributes = {} }) => attributes['vmi-name'])
      ? 'No endpoint uses it: the machine is stopped, or the address has leaked (see `calicoctl ipam check`).'
      : 'No endpoint, node or service says that it uses it, so it may have leaked: see `calicoctl ipam check`.';
  if (state === 'in use, but not allocated')
    yield `${users.map(userWords).join(' and ')} ${users.length === 1 ? 'uses' : 'use'} it although no block records it as taken${blocks.length === 0 ? '' : ', so it may be given to somebody else'}.`;
  if (state === 'address of a node')
    yield `It is the one that ${users.map(userWords).join(' and ')} has on the network around it (${users[0]!.field}); IPAM has nothing to do with it.`;
  if (users.length > 1) yield `${users.length} say that they use it: traffic for one may reach another.`;
  for (const { attributes = {} } of blocks) {
    const { pod, namespace } = attributes;
    const stranger = users.find((user) => user.kind === 'WorkloadEndpoint' && pod && user.pod !== pod);
    if (stranger !== undefined)
      yield `The block names pod ${namespace}/${pod}, but ${userWords(stranger)} uses it.`;
  }
}

/** `endpoint shop/web-0`, as sentences name it. */
function userWords({ kind, name }: User): string {
  if (kind === 'WorkloadEndpoint') return `endpoint ${name}`;
  return `${kind === 'Node' ? 'node' : 'service'} ${name}`;
}

function* overlapReasons(blocks: readonly Sighting[]): Generator<string> {
  if (blocks.length < 2) return;
  yield `${blocks.length} blocks have it (${blocks.map(({ block }) => block).join(', ')}), and each may give it out.`;
}

function* poolReasons({ pools, blocks, state }: AddressReport): Generator<string> {
  const [pool] = pools;
  if (pool === undefined) {
    if (blocks.length > 0)
      yield 'No pool has it any more. What is taken stays so until it is released; nobody new gets an address of such a block.';
    return;
  }
  if (pool.disabled) yield `Pool ${pool.name} is disabled, so nobody new gets an address of it.`;
  const odd = blocks.find(({ block }) => !block.endsWith(`/${pool.blockSize}`));
  if (odd !== undefined)
    yield `Block ${odd.block} is not of the size that pool ${pool.name} now has (/${pool.blockSize}): Calico does not find the address by its pool.`;
  if (blocks.length === 0 && state === 'free' && !pool.disabled)
    yield `No block has it yet: a node that needs one may claim its part of pool ${pool.name}.`;
}

function* reservationReasons({ reservations, state }: AddressReport): Generator<string> {
  if (reservations.length === 0) return;
  const names = reservations.map(({ name, cidr }) => `${name} (${cidr})`).join(', ');
  const isTaken = ['in use', 'allocated', 'allocated, but nothing uses it'].includes(state);
  yield isTaken
    ? `It is reserved by ${names}, which takes it from nobody who has it already, or who asks for it by name.`
    : `It is reserved by ${names}, so it is only given to who asks for it by name.`;
}

function* handleReasons({ handleExists, blocks }: AddressReport): Generator<string> {
  if (handleExists !== false) return;
  const handle = blocks.find((sighting) => sighting.state === 'allocated')?.handle;
  yield `Its handle ${handle} does not exist, so whoever releases by handle does not find it.`;
}
