import { CalicoctlError, type Problem } from '../../core/errors.ts';
import { formatRef, type Ref } from '../../resources/kind.ts';
import { BETWEEN } from '../../resources/structure.ts';
import type { Guard } from './guards.ts';

const BUILT_IN = 'projectcalico-default-allow';

function faultOf({ name: value }: Ref, message: string): Problem {
  return { rule: BETWEEN.builtInProfile.id, path: ['metadata', 'name'], value, message };
}

function refuse(ref: Ref, deed: string): void {
  if (ref.name !== BUILT_IN) return;
  const message = 'the profile is built into Calico';
  throw new CalicoctlError('not-supported', `operation ${deed} is not supported on ${BUILT_IN}: ${message}`, {
    resource: formatRef(ref),
    fault: faultOf(ref, `is the name of a profile that is built into Calico: it cannot be changed`),
  });
}

const profile: Guard = {
  async beforeCreate(_store, ref) {
    if (ref.name === BUILT_IN)
      throw new CalicoctlError(
        'already-exists',
        `resource already exists: Profile(${BUILT_IN}) is built into Calico`,
        {
          resource: formatRef(ref),
          fault: faultOf(ref, 'is the name of a profile that is built into Calico: use another'),
        },
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
