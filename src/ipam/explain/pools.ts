import { type Pool, usesOf } from '../../operations/ipam/pools.ts';
import { addressBits, type Family } from '../../resources/net/address.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import { matchesSelector, parseSelector } from '../../resources/selector/index.ts';
import type { SurveyedNode } from '../survey/survey.ts';

/** What an address is wanted for. */
export type Use = 'Workload' | 'Tunnel' | 'LoadBalancer';

/** Whether a pool is asked for an address, and why not. */
export interface PoolChoice {
  readonly pool: Pool;
  readonly chosen: boolean;
  /** One each, in words; none where it is chosen. */
  readonly reasons: readonly string[];
  /** What must hold besides, which only the pod decides. */
  readonly condition?: string;
}

/** First and last addresses of a block that Windows keeps back. */
const WINDOWS_RESERVES = 4;

/** A request for an address. */
export interface Request {
  readonly family: Family;
  readonly use: Use;
  /** The pools were asked for by name: their selectors and their assignmentMode do not matter then. */
  readonly byName?: boolean;
}

/** Which pools of the family a request would be met from. Load balancers have no node. */
export function poolChoices(
  pools: readonly Pool[],
  { family, use, byName = false }: Request,
  node: SurveyedNode | undefined,
): readonly PoolChoice[] {
  return pools
    .filter(({ range }) => range.address.family === family)
    .map((pool) => {
      const reasons = [
        ...reasonsAgainst(pool, use, node),
        ...(byName ? [] : reasonsNotAutomatic(pool, node)),
      ];
      const { namespaceSelector } = pool;
      const condition =
        namespaceSelector === undefined || use !== 'Workload' || byName
          ? undefined
          : `only for pods of namespaces that match ${namespaceSelector}`;
      return {
        pool,
        chosen: reasons.length === 0,
        reasons,
        ...(condition === undefined ? {} : { condition }),
      };
    });
}

function reasonsAgainst(pool: Pool, use: Use, node: SurveyedNode | undefined): readonly string[] {
  const { disabled, blockSize, range } = pool;
  const longest =
    addressBits(range.address.family) - (isWindows(node) ? WINDOWS_RESERVES.toString(2).length : 0);
  return [
    ...(disabled ? ['it is disabled'] : []),
    ...(usesOf(pool).includes(use) ? [] : [`its allowedUses are ${usesOf(pool).join(', ')}, not ${use}`]),
    ...(blockSize > longest
      ? [`its blocks (/${blockSize}) are too small for a Windows node, which needs /${longest}`]
      : []),
  ];
}

function reasonsNotAutomatic(pool: Pool, node: SurveyedNode | undefined): readonly string[] {
  return [
    ...(pool.manual ? ['its assignmentMode is Manual, so it is used only by who asks for it by name'] : []),
    ...(node === undefined ? [] : selectorReason(pool, node)),
  ];
}

export function isWindows(node: SurveyedNode | undefined): boolean {
  return node?.labels['kubernetes.io/os'] === 'windows';
}

function selectorReason({ nodeSelector }: Pool, { labels }: SurveyedNode): readonly string[] {
  const parsed = parseSelector(nodeSelector);
  if (!parsed.ok) return [`its nodeSelector "${nodeSelector}" cannot be read`];
  if (matchesSelector(parsed.selector, labels)) return [];
  const named = Object.entries(labels).filter(([key]) => nodeSelector.includes(key));
  const held =
    named.length === 0
      ? 'the node has no label that it names'
      : `the node has ${named.map(([key, value]) => `${key}=${value}`).join(', ')}`;
  return [`its nodeSelector ${nodeSelector} does not match: ${held}`];
}

export function labelOf({ name, range }: Pool): string {
  return `${name} (${formatCidr(range)})`;
}
