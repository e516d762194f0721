import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, refOf } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import type { Guard } from './guards.ts';

const PROTECTED = ['default', 'kube-admin', 'kube-baseline'];
const TIERED = ['NetworkPolicy', 'GlobalNetworkPolicy', 'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy'];

async function anyPolicyIn(store: Datastore, tier: string): Promise<string | undefined> {
  for (const name of TIERED) {
    const kind = await kindOf(name);
    for await (const page of store.list({ kind })) {
      const policy = page.items.find((item) => (item.spec['tier'] || 'default') === tier);
      if (policy !== undefined) return formatRef(refOf(kind, policy));
    }
  }
  return undefined;
}

const tier: Guard = {
  async delete(store, ref, version) {
    if (PROTECTED.includes(ref.name)) {
      throw new CalicoctlError(
        'not-supported',
        `operation delete is not supported on Tier(${ref.name}): it is built into Calico`,
      );
    }
    const policy = await anyPolicyIn(store, ref.name);
    if (policy !== undefined) {
      throw new CalicoctlError(
        'not-supported',
        `operation delete is not supported on Tier(${ref.name}): the tier is not empty, it holds ${policy}`,
        {
          hint: 'Delete its policies or move them to another tier first.',
        },
      );
    }
    return store.delete(ref, version);
  },
};

export default tier;
