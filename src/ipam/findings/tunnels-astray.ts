import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { cleanHandle } from '../../operations/ipam/block.ts';
import { handleRef } from '../../operations/ipam/objects.ts';
import { formatAddress, parseAddress } from '../../resources/net/address.ts';
import type { IpamFinding } from '../finding.ts';
import { type BlockNow, blocksNow, lookedAt, nodeAgain, settle } from '../survey/again.ts';
import { type Allocation, takerOf } from '../survey/allocation.ts';
import { ALLOCATED, type Survey, type SurveyedNode } from '../survey/survey.ts';
import { nodeOf } from '../survey/users.ts';
import { allocationEvidence, sinceOf } from './evidence.ts';
import { found } from './finding.ts';
import { TUNNELS, type TunnelKind } from './tunnel-kinds.ts';

/** Tunnel addresses that somebody else has (CAL3021), and those that are allocated and not used (CAL3022). */
export default async function* tunnelsAstray(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const set = [...survey.nodes.values()].flatMap(setTunnels);
  yield* lookedAt(store, set, (tunnel) => notItsOwn(survey, store, tunnel));
  const spare = [...survey.nodes.values()].flatMap((node) => spareTunnels(survey, node));
  if (spare.length === 0) return;
  // The address is taken first and written to the node next.
  await settle();
  for await (const findings of lookedAt(store, spare, (tunnel) => unused(survey, store, tunnel)))
    yield* findings;
}

interface Tunnel {
  readonly kind: TunnelKind;
  readonly node: SurveyedNode;
}

function setTunnels(node: SurveyedNode): readonly Tunnel[] {
  return TUNNELS.filter(({ field }) => node.tunnels[field] !== undefined).map((kind) => ({ kind, node }));
}

function spareTunnels({ handles }: Survey, node: SurveyedNode): readonly Tunnel[] {
  return TUNNELS.filter(({ field, handle }) => {
    const wanted = node.tunnels[field] === undefined ? 0 : 1;
    return handles.countOf(handle + node.name) > wanted;
  }).map((kind) => ({ kind, node }));
}

function isFor(allocation: Allocation, { kind, node }: Tunnel): boolean {
  const { handle, attributes } = allocation;
  if (cleanHandle(handle).toLowerCase() === (kind.handle + node.name).toLowerCase()) return true;
  return attributes['type'] === kind.type && attributes['node'] === node.name;
}

async function notItsOwn(survey: Survey, store: Datastore, tunnel: Tunnel): Promise<IpamFinding | undefined> {
  const { kind, node } = tunnel;
  const text = node.tunnels[kind.field]!;
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const isTaken = survey.blocks
    .having(address)
    .some(({ states, range }) => (states[Number(address.value - range.address.value)]! & ALLOCATED) !== 0);
  if (!isTaken) return undefined;
  const all: Allocation[] = [];
  for await (const { held, resting } of blocksNow(store, survey, survey.blocks.having(address)))
    all.push(...[...held, ...resting].filter((each) => each.address.value === address.value));
  const [other] = all;
  if (other === undefined || all.some((each) => isFor(each, tunnel))) return undefined;
  if (!(await stillHas(store, tunnel, text))) return undefined;
  const owner = takerOf(other.attributes);
  const who =
    other.releasedAt === undefined ? (owner ?? `handle "${other.handle}"`) : 'nobody: it was released';
  return found('CAL3021', {
    subject: { kind: 'address', name: text },
    message: `node ${node.name} uses ${text} for its ${kind.name} tunnel, and its block records it for ${who}`,
    ...sinceOf(other),
    owner: `Node(${node.name})`,
    evidence: { field: kind.field, allocation: allocationEvidence(other) },
    advice: `Restart calico-node on ${node.name}.`,
  });
}

async function stillHas(store: Datastore, { kind, node }: Tunnel, text: string): Promise<boolean> {
  const stored = await nodeAgain(store, node.name);
  return stored !== undefined && nodeOf(stored).tunnels[kind.field] === text;
}

async function unused(survey: Survey, store: Datastore, tunnel: Tunnel): Promise<readonly IpamFinding[]> {
  const { kind, node } = tunnel;
  const stored = await nodeAgain(store, node.name);
  if (stored === undefined) return [];
  const used = nodeOf(stored).tunnels[kind.field];
  const findings: IpamFinding[] = [];
  for (const { held } of await blocksOfHandle(survey, store, kind.handle + node.name)) {
    for (const allocation of held) {
      const name = formatAddress(allocation.address);
      if (!isFor(allocation, tunnel) || name === used) continue;
      const instead = used === undefined ? 'has no address for it' : `uses ${used}`;
      findings.push(
        found('CAL3022', {
          subject: { kind: 'address', name },
          message: `${name} is allocated to the ${kind.name} tunnel of node ${node.name}, which ${instead}`,
          ...sinceOf(allocation),
          owner: `Node(${node.name})`,
          evidence: { field: kind.field, allocation: allocationEvidence(allocation) },
        }),
      );
    }
  }
  return findings;
}

/** Those that the handle names; where it is missing, those of the node. */
async function blocksOfHandle(survey: Survey, store: Datastore, id: string): Promise<readonly BlockNow[]> {
  const handle = await unlessNotFound(store.get(await handleRef(id)));
  const names = handle === undefined ? undefined : Object.keys((handle.spec['block'] ?? {}) as object);
  const wanted =
    names === undefined
      ? [...survey.blocks].filter(({ owner }) => owner !== undefined && id.endsWith(owner.name))
      : names.flatMap((name) => survey.blocks.named(name) ?? []);
  const blocks: BlockNow[] = [];
  for await (const block of blocksNow(store, survey, wanted)) blocks.push(block);
  return blocks;
}
