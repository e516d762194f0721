import type { Datastore } from '../../datastore/datastore.ts';
import { formatAddress } from '../../resources/net/address.ts';
import { firstAddress } from '../../resources/net/cidr.ts';
import type { IpamFinding } from '../finding.ts';
import { blocksNow } from '../survey/again.ts';
import type { Allocation } from '../survey/allocation.ts';
import { ALLOCATED, IN_USE, type Survey } from '../survey/survey.ts';
import { allocationEvidence, sinceOf } from './evidence.ts';
import { found } from './finding.ts';

/** Unused addresses of KubeVirt machines, which keep them while they are stopped (CAL3028). */
export default async function* virtualMachines(
  survey: Survey,
  store: Datastore,
): AsyncGenerator<IpamFinding> {
  if (survey.settings.kubeVirtVMAddressPersistence === 'Disabled') return;
  const concerned = [...survey.blocks].filter(({ states }) => states.includes(ALLOCATED));
  for await (const { seen, held } of blocksNow(store, survey, concerned)) {
    const base = firstAddress(seen.range).value;
    for (const allocation of held) {
      const machine = machineOf(allocation);
      const state = seen.states[Number(allocation.address.value - base)]!;
      if (machine === undefined || (state & IN_USE) !== 0) continue;
      const name = formatAddress(allocation.address);
      yield found('CAL3028', {
        subject: { kind: 'address', name },
        message: `nobody uses ${name}, which may be kept for the virtual machine ${machine} while it is stopped`,
        ...sinceOf(allocation),
        owner: `VirtualMachine(${machine})`,
        evidence: allocationEvidence(allocation),
        advice: 'Release it only if the machine has been deleted.',
      });
    }
  }
}

/** `namespace/name`, by its attributes or by the handle `NETWORK.vmi.NAMESPACE.NAME`. */
export function machineOf({ attributes, handle }: Allocation): string | undefined {
  const named = attributes['vmi-name'];
  if (named !== undefined) return `${attributes['namespace'] ?? ''}/${named}`;
  const [, namespace, name] = /^[^.]+\.vmi\.([^.]+)\.(.+)$/.exec(handle) ?? [];
  return name === undefined ? undefined : `${namespace}/${name}`;
}
