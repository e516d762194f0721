import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, refOf } from '../../resources/kind.ts';
import { BUILT_IN_TIERS, TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { kindOf } from '../../resources/registry.ts';
import { listed } from '../ipam/objects.ts';
import type { Guard } from './guards.ts';
import { Recent } from './seen.ts';

/** A policy of each tier that has some. Whether a kind is not there at all, as in older clusters, does not matter. */
const occupied = new Recent(async (store): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  const sweep = async (name: string) => {
    const kind = await kindOf(name);
    for await (const policy of listed(store, { kind })) {
      const tier = (policy.spec['tier'] as string | undefined) || 'default';
      if (!found.has(tier)) found.set(tier, formatRef(refOf(kind, policy)));
    }
  };
  await Promise.all(
    TIERED_KINDS.map((name) =>
      sweep(name).catch((error) => {
        if (!isError(error, 'not-supported')) throw error;
      }),
    ),
  );
  return found;
});

/** Many tiers are deleted after one look; none is refused for what may be gone meanwhile. */
async function anyPolicyIn(store: Datastore, tier: string): Promise<string | undefined> {
  const { value, fresh } = await occupied.look(store);
  const policy = value.get(tier);
  return policy === undefined || fresh ? policy : (await occupied.lookAnew(store)).get(tier);
}

const tier: Guard = {
  async delete(store, ref, version) {
    if (Object.hasOwn(BUILT_IN_TIERS, ref.name)) {
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
