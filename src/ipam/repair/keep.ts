import { type Attribute, cleanHandle, isWindowsHandle } from '../../operations/ipam/block.ts';
import { formatAge, takenAt } from '../age.ts';

/** Addresses that look leaked and are not, or may not be. */

/** What is known of those who use addresses without being seen. */
export interface Unseen {
  /** Services and their addresses are not known. */
  readonly services: boolean;
  /** Virtual machines keep their addresses while they are stopped. */
  readonly machines: boolean;
}

/** For whom an address is kept that nobody is seen to use; undefined where it may go. */
export function keptFor(attribute: Attribute, affinity: string, unseen: Unseen): string | undefined {
  const handle = cleanHandle(attribute.handle_id);
  const { secondary = {} } = attribute;
  if (isWindowsHandle(handle)) return 'it is reserved for Windows';
  const isMachines = secondary['vmi-name'] !== undefined || /^[^.]+\.vmi\./.test(handle);
  if (isMachines && unseen.machines)
    return 'a virtual machine keeps it while it is stopped: `calicoctl ipam release --ip` gives it back';
  const isServices =
    secondary['service'] !== undefined ||
    secondary['type'] === 'LoadBalancer' ||
    affinity.startsWith('virtual:');
  return isServices && unseen.services
    ? 'it was given to a service, and it is not known which services there are'
    : undefined;
}

export interface Doubt {
  /** `young`: somebody may be about to use it. `unknown`: it is not known whether it is. */
  readonly is: 'young' | 'unknown';
  readonly why: string;
}

/** Why an address that nobody uses may be one in the making; undefined where it is older than `minAge` milliseconds. */
export function doubtOf(attribute: Attribute, minAge: number, now: number): Doubt | undefined {
  if (minAge === 0) return undefined;
  const taken = takenAt(attribute);
  if (taken === undefined)
    return {
      is: 'unknown',
      why: 'it is not known since when it has been taken: lock the datastore (--lock)',
    };
  const age = now - taken;
  if (age >= minAge) return undefined;
  const when = age < 0 ? 'in the future, by our clock' : `${formatAge(age)} ago`;
  return { is: 'young', why: `it was taken ${when}, which is not yet --min-age` };
}
