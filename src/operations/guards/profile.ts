import { CalicoctlError } from '../../core/errors.ts';
import type { Ref } from '../../resources/kind.ts';
import type { Guard } from './guards.ts';

const BUILT_IN = 'projectcalico-default-allow';

function refuse(ref: Ref, deed: string): void {
  if (ref.name !== BUILT_IN) return;
  throw new CalicoctlError(
    'not-supported',
    `operation ${deed} is not supported on ${BUILT_IN}: the profile is built into Calico`,
  );
}

const profile: Guard = {
  async beforeCreate(_store, ref) {
    if (ref.name === BUILT_IN)
      throw new CalicoctlError(
        'already-exists',
        `resource already exists: Profile(${BUILT_IN}) is built into Calico`,
      );
  },
  async beforeUpdate(_store, ref) {
    refuse(ref, 'update');
  },
  async delete(store, ref, version) {
    refuse(ref, 'delete');
    return store.delete(ref, version);
  },
};

export default profile;
