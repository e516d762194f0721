import { CalicoctlError } from '../../core/errors.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { cooldownSeconds } from '../../operations/ipam/config.ts';
import { allPools } from '../../operations/ipam/pools.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { readReservations } from '../survey/settings.ts';
import { blockUsage } from '../usage/counts.ts';
import { ELEMENTS, type MapHead, type MapTail } from './data.ts';
import { closing, dataElement, linesElement, opening } from './document.ts';
import { findLeaks, type LeakTest } from './leaks.ts';
import { type BlockRow, blockRow } from './row.ts';
import { emptyTally, type Tally } from './tally.ts';

export interface MapOptions {
  /** For the page's date. */
  readonly now?: Date;
  /** Told what the map cannot show. */
  readonly warn?: (text: string) => void;
  /** Told how many objects were read so far, before the first text comes. */
  readonly progress?: (read: number) => void;
  /** Called before the first text. */
  readonly ready?: () => void;
}

/** Blocks that are kept until they are written. */
const BATCH = 64;

/**
 * One HTML page with a map of every pool, block and address, as chunks of text. Blocks are written as they are read: what is
 * kept does not grow with addresses.
 */
export async function* ipamMap(store: Datastore, options: MapOptions = {}): AsyncGenerator<string> {
  const isLeaked = await leaksIfKnown(store, options);
  const [pools, reservations, cooldown] = await Promise.all([
    allPools(store),
    readReservations(store),
    cooldownSeconds(store),
  ]);
  const head: MapHead = {
    generated: (options.now ?? new Date()).toISOString(),
    program: `calicoctl, for Calico ${CALICO_VERSION}`,
    cooldownSeconds: cooldown,
    pools: pools.map(({ range, ...pool }) => ({ ...pool, cidr: formatCidr(networkOf(range)) })),
    reservations: reservations.map(({ name, range }) => ({ name, cidr: formatCidr(range) })),
    leaksKnown: isLeaked !== undefined,
  };
  options.ready?.();
  yield opening(`IP addresses, ${head.generated.slice(0, 16).replace('T', ' ')} UTC`);
  yield dataElement(`id="${ELEMENTS.head}"`, head);
  const tally = emptyTally(
    pools,
    reservations.map(({ range }) => range),
  );
  yield* blockElements(store, tally, isLeaked);
  const tail: MapTail = { owners: tally.owners.names, unreadable: tally.unreadable };
  yield dataElement(`id="${ELEMENTS.tail}"`, tail);
  yield closing(tally.tables(head));
}

/** A map without leaks is better than none: who may read blocks may not be allowed to read pods. */
async function leaksIfKnown(store: Datastore, { warn, progress }: MapOptions): Promise<LeakTest | undefined> {
  try {
    return await findLeaks(store, progress);
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    warn?.(`The map does not show which addresses have leaked: ${error.message}`);
    return undefined;
  }
}

async function* blockElements(
  store: Datastore,
  tally: Tally,
  isLeaked: LeakTest | undefined,
): AsyncGenerator<string> {
  let batch: { readonly cidr: string; readonly row: BlockRow }[] = [];
  const context = { owners: tally.owners, reserved: tally.reserved, isLeaked };
  for await (const page of store.list({ kind: await kindOf('IPAMBlock'), asStored: true })) {
    tally.unreadable.push(...page.corrupt.map(({ entry, reason }) => `${entry}: ${reason}`));
    for (const stored of page.items) {
      const usage = blockUsage(stored, tally.reserved);
      if (usage === undefined) {
        tally.unreadable.push(`IPAMBlock(${stored.metadata.name}): its cidr is not a CIDR`);
        continue;
      }
      const row = blockRow(stored, usage.range, context);
      tally.add(usage, row);
      batch.push({ cidr: formatCidr(usage.range), row });
      if (batch.length < BATCH) continue;
      yield elementsOf(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield elementsOf(batch);
}

function elementsOf(batch: readonly { readonly cidr: string; readonly row: BlockRow }[]): string {
  const columns = {
    cidr: batch.map(({ cidr }) => cidr),
    owner: batch.map(({ row }) => row.owner),
    claimed: batch.map(({ row }) => row.claimed),
    sequence: batch.map(({ row }) => row.sequence),
    states: batch.map(({ row }) => row.states),
    borrowed: batch.map(({ row }) => row.borrowed),
  };
  const details = batch.map(({ row }) => row.details);
  return dataElement(`class="${ELEMENTS.blocks}"`, columns) + linesElement(ELEMENTS.details, details);
}
