import type { GridResult } from '../../core/result.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import type { IpamSettings } from '../survey/survey.ts';
import type { Borrowed } from './borrowed.ts';
import { type Counts, percentOf } from './counts.ts';
import type { Usage } from './usage.ts';

/** The tables of the reference, with every number in digits. */

const HEADINGS = ['GROUPING', 'CIDR', 'IPS TOTAL', 'IPS IN USE', 'IPS RESERVED', 'IPS FREE'];

/** Pools, and blocks below theirs. Blocks of no pool come last, those of IPv4 only: the reference knows no others. */
export function usageTable({ pools, orphans }: Usage, withBlocks: boolean): GridResult {
  const rows: (readonly string[])[] = [];
  for (const { pool, blocks, ...counts } of pools) {
    rows.push(['IP Pool', formatCidr(networkOf(pool.range)), ...cells(counts)]);
    if (withBlocks)
      for (const block of blocks) rows.push(['Block', formatCidr(block.range), ...cells(block)]);
  }
  const shown = withBlocks ? orphans.filter(({ range }) => range.address.family === 4) : [];
  for (const block of shown) rows.push(['Block', formatCidr(block.range), ...cells(block)]);
  return { type: 'grid', headings: HEADINGS, rows, right: [2, 3, 4, 5] };
}

function cells({ total, inUse, reserved, free }: Counts): readonly string[] {
  const share = (part: bigint) => `${part} (${percentOf(part, total)}%)`;
  return [String(total), share(inUse), share(reserved), share(free)];
}

const BORROWED = ['IP', 'BORROWING-NODE', 'BLOCK', 'BLOCK OWNER', 'TYPE', 'ALLOCATED-TO'];

export function borrowedTable(borrowed: readonly Borrowed[]): GridResult {
  const rows = borrowed.map(({ address, node, block, owner, type, allocatedTo }) => [
    ...[address, node, block, owner, type, allocatedTo],
  ]);
  return { type: 'grid', headings: BORROWED, rows };
}

/** What the reference prints below borrowed addresses; empty where every address has a node. */
export function withoutNodeText(count: number): string {
  if (count === 0) return '';
  return `\nNote: found ${count} IP allocations without an explicit node association. Unable to determine if they are borrowed.\n`;
}

export function settingsTable(settings: IpamSettings): GridResult {
  const rows = [
    ['StrictAffinity', String(settings.strictAffinity)],
    ['AutoAllocateBlocks', String(settings.autoAllocateBlocks)],
    ['MaxBlocksPerHost', String(settings.maxBlocksPerHost)],
    ['KubeVirtVMAddressPersistence', settings.kubeVirtVMAddressPersistence],
    ['IPCooldownSeconds', String(settings.cooldownSeconds)],
  ];
  return { type: 'grid', headings: ['PROPERTY', 'VALUE'], rows };
}
