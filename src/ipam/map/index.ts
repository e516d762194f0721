import { CALICO_VERSION } from '../../core/version.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { cooldownSeconds } from '../../operations/ipam/config.ts';
import { listed } from '../../operations/ipam/objects.ts';
import { allPools } from '../../operations/ipam/pools.ts';
import { type Cidr, formatCidr, networkOf, parseCidrOrAddress } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { ALLOCATED, IN_USE, type Reservation, type Survey } from '../survey/survey.ts';
import { blockUsage } from '../usage/counts.ts';
import { ELEMENTS, type MapHead, type MapTail } from './data.ts';
import { closing, dataElement, linesElement, opening } from './document.ts';
import { type BlockRow, blockRow } from './row.ts';
import { emptyTally, type Tally } from './tally.ts';

export interface MapOptions {
  /** For the page's date. */
  readonly now?: Date;
  /** Shows which addresses nobody uses. */
  readonly survey?: Survey;
}

/** Blocks that are kept until they are written. */
const BATCH = 64;

/**
 * One HTML page with a map of every pool, block and address, as chunks of text. Blocks are written as they are read: what is
 * kept does not grow with addresses.
 */
export async function* ipamMap(store: Datastore, options: MapOptions = {}): AsyncGenerator<string> {
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
    leaksKnown: options.survey !== undefined,
  };
  yield opening(`IP addresses, ${head.generated.slice(0, 16).replace('T', ' ')} UTC`);
  yield dataElement(`id="${ELEMENTS.head}"`, head);
  const tally = emptyTally(
    pools,
    reservations.map(({ range }) => range),
  );
  yield* blockElements(store, tally, options.survey);
  const tail: MapTail = { owners: tally.owners.names, unreadable: tally.unreadable };
  yield dataElement(`id="${ELEMENTS.tail}"`, tail);
  yield closing(tally.tables(head));
}

async function* blockElements(store: Datastore, tally: Tally, survey?: Survey): AsyncGenerator<string> {
  let batch: { readonly cidr: string; readonly row: BlockRow }[] = [];
  const context = {
    owners: tally.owners,
    reserved: tally.reserved,
    ...(survey === undefined ? {} : { isLeaked: leaksOf(survey) }),
  };
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

/** Only what the survey saw: an address taken since then, with a greater sequence number, is nobody's leak yet. */
function leaksOf({ blocks }: Survey) {
  return (range: Cidr, ordinal: number, sequence: bigint): boolean => {
    const block = blocks.named(formatCidr(range));
    if (block === undefined || sequence >= BigInt(block.sequenceNumber)) return false;
    return ((block.states[ordinal] ?? 0) & (ALLOCATED | IN_USE)) === ALLOCATED;
  };
}

/** What cannot be read reserves nothing, as for every component of Calico. */
async function readReservations(store: Datastore): Promise<readonly Reservation[]> {
  const found: Reservation[] = [];
  for await (const { metadata, spec } of listed(store, { kind: await kindOf('IPReservation') })) {
    const texts = Array.isArray(spec['reservedCIDRs']) ? spec['reservedCIDRs'] : [];
    for (const text of texts) {
      const range = parseCidrOrAddress(String(text));
      if (range !== undefined) found.push({ name: metadata.name, range: networkOf(range) });
    }
  }
  return found;
}
