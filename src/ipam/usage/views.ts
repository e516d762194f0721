import type { DataResult, Result } from '../../core/result.ts';
import type { CorruptEntry, Datastore } from '../../datastore/datastore.ts';
import { type Address, formatAddress } from '../../resources/net/address.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Borrowed, borrowedIn } from './borrowed.ts';
import { NodeTally } from './nodes.ts';
import { borrowedTable, settingsTable, usageTable, withoutNodeText } from './tables.ts';
import type { Thresholds } from './thresholds.ts';
import { readUsage, type Usage } from './usage.ts';

/** What `ipam show` shows, each view read and laid out. `warn` is given lines for standard error. */

export type DataFormat = DataResult['format'];
type Warn = (line: string) => void;

/** The reference's lines about an address. Throws `conflict` for one that rests. */
export async function addressView(
  store: Datastore,
  address: Address,
  format: DataFormat | undefined,
  warn: Warn,
): Promise<Result> {
  const { assignmentData, assignmentOf, assignmentText } = await import('./address.ts');
  const { attribute, hasPool } = await assignmentOf(store, address);
  if (format !== undefined) return { type: 'data', format, value: assignmentData(address, attribute) };
  if (!hasPool) {
    const text = formatAddress(address);
    warn(`no enabled pool has ${text}; \`calicoctl ipam whois ${text}\` looks into all blocks`);
  }
  return { type: 'text', text: assignmentText(address, attribute) };
}

/** Borrowed addresses, and how many have no node. */
export async function borrowedView(
  store: Datastore,
  format: DataFormat | undefined,
  warn: Warn,
): Promise<Result> {
  const borrowed: Borrowed[] = [];
  const corrupt: CorruptEntry[] = [];
  let withoutNode = 0;
  for await (const page of store.list({ kind: await kindOf('IPAMBlock'), asStored: true })) {
    corrupt.push(...page.corrupt);
    for (const stored of page.items) {
      const found = borrowedIn(stored);
      borrowed.push(...found.borrowed);
      withoutNode += found.withoutNode;
    }
  }
  tellCorrupt(corrupt, warn);
  if (format !== undefined) return { type: 'data', format, value: { borrowed, withoutNode } };
  const note = withoutNodeText(withoutNode);
  return {
    type: 'sequence',
    results: [borrowedTable(borrowed), ...(note === '' ? [] : [{ type: 'text', text: note } as const])],
  };
}

/** How addresses are handed out. */
export async function settingsView(store: Datastore, format: DataFormat | undefined): Promise<Result> {
  const { readSettings } = await import('../survey/settings.ts');
  const configuration = await readSettings(store);
  if (format !== undefined) return { type: 'data', format, value: { configuration } };
  return settingsTable(configuration);
}

/** Counts of every pool, and of blocks where asked for. */
export async function usageView(
  store: Datastore,
  options: {
    readonly withBlocks: boolean;
    readonly format: DataFormat | 'prometheus' | undefined;
    readonly thresholds: Thresholds;
  },
  warn: Warn,
): Promise<Result> {
  const { usage, result } = await counted(store, options.format, options.withBlocks);
  tellCorrupt(usage.corrupt, warn);
  if (options.format === undefined) tellOrphans(usage, options.withBlocks, warn);
  const { warn: low, crit: high } = options.thresholds;
  if (low === undefined && high === undefined) return result;
  const { exceeded } = await import('./thresholds.ts');
  const found = exceeded(usage.pools, options.thresholds);
  for (const { message } of found) warn(message);
  const isCritical = found.some(({ level }) => level === 'critical');
  return { type: 'sequence', results: [result], status: isCritical ? 2 : found.length > 0 ? 1 : 0 };
}

async function counted(
  store: Datastore,
  format: DataFormat | 'prometheus' | undefined,
  withBlocks: boolean,
): Promise<{ readonly usage: Usage; readonly result: Result }> {
  if (format === undefined) {
    const usage = await readUsage(store);
    return { usage, result: usageTable(usage, withBlocks) };
  }
  const tally = new NodeTally();
  if (format === 'prometheus') {
    const usage = await readUsage(store, (...block) => tally.take(...block));
    const { prometheusText } = await import('./prometheus.ts');
    return { usage, result: { type: 'text', text: prometheusText(usage, tally) } };
  }
  const borrowed: Borrowed[] = [];
  const reading = readUsage(store, (stored, block, pool) => {
    tally.take(stored, block, pool);
    borrowed.push(...borrowedIn(stored).borrowed);
  });
  const { readSettings } = await import('../survey/settings.ts');
  const [usage, settings] = await Promise.all([reading, readSettings(store)]);
  const { usageData } = await import('./data.ts');
  return { usage, result: { type: 'data', format, value: usageData(usage, tally, borrowed, settings) } };
}

function tellCorrupt(corrupt: readonly CorruptEntry[], warn: Warn): void {
  for (const { entry, reason } of corrupt) warn(`left out ${entry}, which cannot be read: ${reason}`);
}

/** So many are named. */
const NAMED = 5;

/** The reference's tables leave out blocks of no pool, wholly or those of IPv6. */
function tellOrphans({ orphans }: Usage, withBlocks: boolean, warn: Warn): void {
  const hidden = orphans.filter(({ range }) => !withBlocks || range.address.family === 6);
  if (hidden.length === 0) return;
  const names = hidden.slice(0, NAMED).map(({ range }) => formatCidr(range));
  const more = hidden.length > NAMED ? [`${hidden.length - NAMED} more`] : [];
  const inUse = hidden.reduce((sum, block) => sum + block.inUse, 0n);
  warn(
    `not in the table: ${hidden.length} ${hidden.length === 1 ? 'block' : 'blocks'} of no pool with ${inUse} ` +
      `${inUse === 1n ? 'address' : 'addresses'} in use: ${[...names, ...more].join(', ')}`,
  );
}
