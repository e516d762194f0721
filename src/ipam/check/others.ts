import type { JsonObject } from '../../core/json.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { FINDINGS, type FindingCode } from '../catalogue.ts';
import type { IpamFinding } from '../finding.ts';
import type { LeakedHandle, Survey, SurveyedBlock, Use } from '../survey/survey.ts';
import type { Confirmed } from './second-look.ts';

/** Findings of the reference's classes beside leaks. */
export function* otherFindings(
  survey: Survey,
  confirmed: Confirmed,
): Generator<IpamFinding, void, undefined> {
  for (const [address, uses] of confirmed.outside)
    yield ofUses('CAL3002', address, uses, 'which no active pool has', true);
  for (const [address, uses] of confirmed.unallocated)
    yield ofUses('CAL3003', address, uses, 'which no block has allocated', true);
  for (const handle of confirmed.leakedHandles) yield ofLeakedHandle(handle);
  for (const [handle, blocks] of confirmed.missingHandles) yield ofMissingHandle(handle, blocks);
  for (const block of survey.blocks) if (block.fault !== undefined) yield ofFault(block, block.fault);
  for (const [address, uses] of survey.shared) if (severalOwners(uses)) yield ofShared(survey, address, uses);
}

/** Whether an address that was met several times has different owners. */
export function severalOwners(uses: readonly Use[]): boolean {
  return uses.some(({ owner }) => owner !== uses[0]!.owner);
}

function named(uses: readonly Use[]): string {
  return [...new Set(uses.map(({ owner }) => owner))].join(', ');
}

function finding(
  code: FindingCode,
  subject: IpamFinding['subject'],
  message: string,
  evidence: JsonObject,
  counted = true,
): IpamFinding {
  return { code, severity: FINDINGS[code].severity, subject, message, evidence, counted };
}

function ofUses(
  code: 'CAL3002' | 'CAL3003',
  address: string,
  uses: readonly Use[],
  why: string,
  counted: boolean,
): IpamFinding {
  const owner = named(uses);
  const users = { users: uses.map((use) => use.owner) };
  return {
    ...finding(code, { kind: 'address', name: address }, `${owner} uses ${address}, ${why}`, users, counted),
    owner,
    advice: FINDINGS[code].remedy,
  };
}

function ofLeakedHandle({ id, uid, version, blocks, createdAt }: LeakedHandle): IpamFinding {
  return {
    ...finding(
      'CAL3004',
      { kind: 'handle', name: id },
      `no block records an address under the handle ${id}`,
      { blocks: { ...blocks }, uid, version },
    ),
    ...(createdAt === undefined ? {} : { since: createdAt }),
    fix: { write: 'delete-handle', handle: id, version },
  };
}

function ofMissingHandle(handle: string, counts: ReadonlyMap<string, number>): IpamFinding {
  const blocks = Object.fromEntries(counts);
  const many = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    ...finding(
      'CAL3005',
      { kind: 'handle', name: handle },
      `${many === 1 ? 'an address is' : `${many} addresses are`} recorded under the handle ${handle}, which does not exist`,
      { blocks },
      false,
    ),
    fix: { write: 'set-handle', handle, blocks },
  };
}

function ofFault({ name, affinity, version }: SurveyedBlock, fault: string): IpamFinding {
  return {
    ...finding('CAL3006', { kind: 'block', name }, `block ${name} contradicts itself: ${fault}`, {
      fault,
      affinity,
      version,
    }),
    advice: FINDINGS.CAL3006.remedy,
  };
}

function ofShared({ blocks }: Survey, address: string, uses: readonly Use[]): IpamFinding {
  const parsed = parseAddress(address);
  const having = parsed === undefined ? [] : blocks.having(parsed).map(({ name }) => name);
  return {
    ...finding(
      'CAL3007',
      { kind: 'address', name: address },
      `${address} is used by several: ${named(uses)}`,
      { users: uses.map(({ owner }) => owner), blocks: having },
      false,
    ),
    owner: named(uses),
    advice: FINDINGS.CAL3007.remedy,
  };
}
