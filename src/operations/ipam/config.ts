import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Ref } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';

/** Where address management keeps its settings: on etcd and in folders apart from the IPAMConfiguration of users. */
export async function ipamConfigRef(store: Datastore): Promise<Ref> {
  const kind = store.capabilities.name === 'kubernetes' ? 'IPAMConfiguration' : 'IPAMConfig';
  return { kind: await kindOf(kind), name: 'default' };
}

/** How many seconds a released address rests; 0 unless configured. Throws `corrupt` for what is no number. */
export async function cooldownSeconds(store: Datastore): Promise<number> {
  const ref = await ipamConfigRef(store);
  const config = await unlessNotFound(store.get(ref));
  const seconds = config?.spec['ipCooldownSeconds'] ?? 0;
  if (typeof seconds === 'number') return seconds;
  throw new CalicoctlError(
    'corrupt',
    `${formatRef(ref)} has ipCooldownSeconds that are no number: ${seconds}`,
    {
      resource: formatRef(ref),
      hint: 'It is left as it is. `calicoctl ipam configure --ip-cooldown-seconds=NUMBER` mends it.',
    },
  );
}
