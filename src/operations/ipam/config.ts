import type { Datastore } from '../../datastore/datastore.ts';
import type { Ref } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';

/** Where address management keeps its settings: on etcd and in folders apart from the IPAMConfiguration of users. */
export async function ipamConfigRef(store: Datastore): Promise<Ref> {
  const kind = store.capabilities.name === 'kubernetes' ? 'IPAMConfiguration' : 'IPAMConfig';
  return { kind: await kindOf(kind), name: 'default' };
}

/** How many seconds a released address rests; 0 unless configured. */
export async function cooldownSeconds(store: Datastore): Promise<number> {
  const config = await unlessNotFound(store.get(await ipamConfigRef(store)));
  return Number(config?.spec['ipCooldownSeconds'] ?? 0);
}
