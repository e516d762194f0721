import type { JsonObject } from '../../core/json.ts';
import { hostOf } from '../../operations/ipam/objects.ts';
import { takenAt } from '../age.ts';
import { FINDINGS } from '../catalogue.ts';
import type { IpamFinding } from '../finding.ts';
import { takerOf } from '../survey/allocation.ts';
import type { Survey } from '../survey/survey.ts';
import type { BlockAgain, Judged } from './second-look.ts';

/** Findings of addresses that nobody uses. */
export function* leaksOf(
  survey: Survey,
  { name, before, records }: BlockAgain,
): Generator<IpamFinding, void, undefined> {
  for (const record of records) {
    if (record.verdict !== 'leaked') continue;
    const { address, attribute, handle, sequenceNumber } = record;
    const secondary = attribute?.secondary ?? {};
    const owner = takerOf(secondary);
    const since = sinceOf(record, before?.claimedAt);
    const advice = adviceAgainst(survey, secondary);
    yield {
      code: 'CAL3001',
      severity: FINDINGS.CAL3001.severity,
      subject: { kind: 'address', name: address },
      message: `${address} is taken in block ${name}${owner === undefined ? '' : ` for ${owner}`}, and nothing uses it`,
      ...(since === undefined ? {} : { since }),
      ...(owner === undefined ? {} : { owner }),
      evidence: {
        block: name,
        handle,
        sequenceNumber,
        node: secondary['node'] || hostOf(before?.owner),
        ...(Object.keys(secondary).length === 0 ? {} : { attributes: { ...secondary } as JsonObject }),
      },
      ...(advice === undefined
        ? { fix: { write: 'release-address', address, block: name, handle, sequenceNumber } as const }
        : { advice }),
      counted: true,
    };
  }
}

function sinceOf({ attribute }: Judged, claimedAt: string | undefined): string | undefined {
  const taken = takenAt(attribute);
  return taken === undefined ? claimedAt : new Date(taken).toISOString().replace('.000Z', 'Z');
}

/** Why it is not safe to release an address though nothing seems to use it. */
function adviceAgainst(
  { settings, unreadUsers }: Survey,
  attributes: Readonly<Record<string, string>>,
): string | undefined {
  const [unread] = unreadUsers;
  if (unread !== undefined)
    return `${unread.entry} cannot be read and may use it: mend that (${unread.reason}), then check again.`;
  if (attributes['vmi-name'] && settings.kubeVirtVMAddressPersistence === 'Enabled')
    return 'A virtual machine keeps its address while it is stopped: release it only if the machine is gone for good.';
  return undefined;
}
