import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { kindOf } from '../../resources/registry.ts';
import { takenAt } from '../age.ts';
import { ALLOCATED, COOLING, IN_USE, type Survey, type SurveyedBlock } from '../survey/survey.ts';
import { nodeOf } from '../survey/users.ts';
import type { AddressRecord } from './records.ts';

/**
 * What became of an address between the survey and a second look at its block:
 * `new`: it was taken since, so that nothing is known of it; `used` and `cooling`: as it should be; `leaked`: it was taken
 * all the time, and nobody uses it; `unjudged`: whoever took it may not have come to use it yet, or cannot be seen.
 */
export type Verdict = 'new' | 'used' | 'cooling' | 'leaked' | 'unjudged';

/** Between taking an address and saying who uses it a starting pod is given that long. */
const STARTING_MS = 60_000;

/** At once for most: a node may have to be read for its tunnel. */
export type Judge = (
  block: SurveyedBlock | undefined,
  version: string,
  record: AddressRecord,
) => Verdict | Promise<Verdict>;

/** Judges addresses of blocks that were read again. */
export function judgeOf(store: Datastore, survey: Survey, now: number = Date.now()): Judge {
  const overlap = hasOverlaps(survey);
  const tunnels = new Map<string, Promise<readonly string[]>>();
  const ofTunnel = async (node: string, address: string): Promise<Verdict> => {
    const addresses = tunnels.get(node) ?? tunnelsOf(store, node);
    tunnels.set(node, addresses);
    return (await addresses).includes(address) ? 'used' : 'leaked';
  };
  return (block, version, record) => {
    const { attribute, address } = record;
    const state = block?.states[record.ordinal] ?? 0;
    if (block === undefined || (state & ALLOCATED) === 0) return 'new';
    if (version !== block.version && record.sequenceNumber >= block.sequenceNumber) return 'new';
    if (attribute?.releasedAt !== undefined) return 'cooling';
    if ((state & IN_USE) !== 0) return 'used';
    if (overlap && isCooling(survey, address)) return 'cooling';
    if (survey.servicesUnknown && isOfService(block, record)) return 'unjudged';
    const taken = takenAt(attribute);
    if (taken !== undefined && Math.abs(now - taken) < STARTING_MS) return 'unjudged';
    const { type = '', node = '' } = attribute?.secondary ?? {};
    return node !== '' && type.endsWith('TunnelAddress') ? ofTunnel(node, address) : 'leaked';
  };
}

async function tunnelsOf(store: Datastore, name: string): Promise<readonly string[]> {
  const stored = await unlessNotFound(store.get({ kind: await kindOf('Node'), name }));
  return stored === undefined ? [] : Object.values(nodeOf(stored).tunnels);
}

/** Addresses of services are in blocks of `virtual:load-balancer`, or borrowed from others. */
function isOfService({ owner }: SurveyedBlock, { attribute }: AddressRecord): boolean {
  return owner?.type === 'virtual' || attribute?.secondary?.['service'] !== undefined;
}

function isCooling({ blocks }: Survey, text: string): boolean {
  const address = parseAddress(text)!;
  return blocks
    .having(address)
    .some(({ range, states }) => (states[Number(address.value - range.address.value)]! & COOLING) !== 0);
}

/** Blocks of different sizes may overlap; those of one size never do. */
export function hasOverlaps({ blocks }: Survey): boolean {
  const sizes = new Set<string>();
  for (const { range } of blocks) sizes.add(`${range.address.family}/${range.prefix}`);
  const families = new Set([...sizes].map((size) => size[0]));
  return sizes.size > families.size;
}
