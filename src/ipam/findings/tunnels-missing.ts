import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import { excludesNode, type Pool, poolOf, usesOf } from '../../operations/ipam/pools.ts';
import type { Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import type { IpamFinding } from '../finding.ts';
import { lookedAt, nodeAgain, settle } from '../survey/again.ts';
import type { Survey, SurveyedNode } from '../survey/survey.ts';
import { nodeOf } from '../survey/users.ts';
import { found } from './finding.ts';
import { TUNNELS, type TunnelKind } from './tunnel-kinds.ts';

/**
 * Nodes that need a tunnel address and have none (CAL3020). It is told only where other nodes have such an address, so
 * that Calico does give them out in this cluster, and where no setting of Felix says otherwise.
 */
export default async function* tunnelsMissing(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const nodes = [...survey.nodes.values()];
  const usual = TUNNELS.filter(({ field }) => nodes.some(({ tunnels }) => tunnels[field] !== undefined));
  const lacking = usual.flatMap((kind) =>
    nodes.filter(({ tunnels }) => tunnels[kind.field] === undefined).map((node) => ({ kind, node })),
  );
  if (lacking.length === 0) return;
  const pools = await modesOfPools(store);
  const felix = await felixSpec(store, 'default');
  const suspects = lacking.filter(
    ({ kind, node }) => isWireguard(kind) || poolFor(pools, kind, node) !== undefined,
  );
  if (suspects.length === 0) return;
  await settle();
  yield* lookedAt(store, suspects, async ({ kind, node }) => {
    const own = { ...felix, ...(await felixSpec(store, `node.${node.name}`)) };
    return missing(store, kind, node, { felix: own, pool: poolFor(pools, kind, node) });
  });
}

interface PoolModes {
  readonly pool: Pool;
  readonly ipip: boolean;
  readonly vxlan: boolean;
}

async function modesOfPools(store: Datastore): Promise<readonly PoolModes[]> {
  const modes: PoolModes[] = [];
  const isOn = (mode: unknown) => mode === 'Always' || mode === 'CrossSubnet';
  for await (const stored of listed(store, { kind: await kindOf('IPPool') })) {
    const pool = poolOf(stored);
    const { ipipMode, vxlanMode } = stored.spec;
    if (pool !== undefined) modes.push({ pool, ipip: isOn(ipipMode), vxlan: isOn(vxlanMode) });
  }
  return modes;
}

type Felix = Readonly<Record<string, unknown>>;

async function felixSpec(store: Datastore, name: string): Promise<Felix> {
  const stored = await unlessNotFound(store.get({ kind: await kindOf('FelixConfiguration'), name }));
  return stored?.spec ?? {};
}

function isWireguard({ type }: TunnelKind): boolean {
  return type.startsWith('wireguard');
}

function poolFor(
  pools: readonly PoolModes[],
  { type, family }: TunnelKind,
  { labels }: SurveyedNode,
): Pool | undefined {
  return pools.find(
    ({ pool, ipip, vxlan }) =>
      (type.startsWith('ipip') ? ipip : vxlan) &&
      !pool.disabled &&
      pool.range.address.family === family &&
      usesOf(pool).includes('Tunnel') &&
      !excludesNode(pool, labels),
  )?.pool;
}

async function missing(
  store: Datastore,
  kind: TunnelKind,
  node: SurveyedNode,
  wish: { readonly felix: Felix; readonly pool: Pool | undefined },
): Promise<IpamFinding | undefined> {
  const stored = await nodeAgain(store, node.name);
  if (stored === undefined || nodeOf(stored).tunnels[kind.field] !== undefined) return undefined;
  const reason = isCaliconode(stored, kind) ? reasonFor(stored, kind, wish) : undefined;
  if (reason === undefined) return undefined;
  return found('CAL3020', {
    subject: { kind: 'node', name: node.name },
    message: `node ${node.name} has no address for its ${kind.name} tunnel, which ${reason} asks for`,
    owner: `Node(${node.name})`,
    evidence: { field: kind.field, version: stored.metadata.resourceVersion ?? '' },
    advice: `Restart calico-node on ${node.name}; \`calicoctl ipam check --explain-full ${node.name}\` says whether there is an address for it.`,
  });
}

/** A node that has just come gets its tunnel address within that. */
const STARTING_MS = 300_000;

/** Calico runs there for a while, and not on Windows, whose tunnels are made otherwise. */
function isCaliconode({ metadata, spec }: Resource, { family }: TunnelKind): boolean {
  if (Date.now() - Date.parse(metadata.creationTimestamp ?? '') < STARTING_MS) return false;
  const bgp = (spec['bgp'] ?? {}) as Readonly<Record<string, unknown>>;
  return metadata.labels?.['kubernetes.io/os'] !== 'windows' && Boolean(bgp[`ipv${family}Address`]);
}

function reasonFor(
  { status }: Resource,
  kind: TunnelKind,
  { felix, pool }: { readonly felix: Felix; readonly pool: Pool | undefined },
): string | undefined {
  if (isWireguard(kind)) {
    const suffix = kind.family === 6 ? 'V6' : '';
    const keys = (status ?? {}) as Readonly<Record<string, unknown>>;
    const isOn = felix[`wireguardEnabled${suffix}`] === true && keys[`wireguardPublicKey${suffix}`];
    return isOn ? `wireguardEnabled${suffix} of FelixConfiguration` : undefined;
  }
  const setting = kind.type.startsWith('ipip') ? 'ipipEnabled' : 'vxlanEnabled';
  return pool === undefined || felix[setting] === false ? undefined : `pool ${pool.name}`;
}
