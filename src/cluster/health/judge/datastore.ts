import { formatLockNote, lockStateOf } from '../../../operations/lock.ts';
import { type Cause, cause } from '../cause.ts';
import type { Facts } from '../facts.ts';

/** Whether the datastore answers, and whether Calico may use it. */
export function* judgeDatastore({ information, datastore }: Facts): Generator<Cause> {
  if (!information.known) {
    if (information.reason !== 'unreachable' && datastore !== undefined) return;
    if (information.reason === 'forbidden') return;
    yield cause('datastore-unreachable', {
      subjects: [],
      message: information.why,
      evidence: { datastore: datastore ?? null },
      advice: information.advice ?? 'See where it goes wrong.',
      command: 'calicoctl doctor',
    });
    return;
  }
  if (information.value === undefined) {
    // No component of Calico ever uses a folder.
    if (datastore === 'file') return;
    yield cause('datastore-empty', {
      subjects: [{ kind: 'ClusterInformation', name: 'default' }],
      message: 'the datastore has no ClusterInformation: no component of Calico has used it',
      evidence: {},
      advice: 'Check that this is the right datastore, and whether calico-node can reach it.',
      command: 'calicoctl datastore status',
    });
    return;
  }
  const { locked, note } = lockStateOf(information.value);
  if (!locked) return;
  const by = note === undefined ? ' (by whom is not noted)' : ` ${formatLockNote(note)}`;
  yield cause('datastore-locked', {
    subjects: [{ kind: 'ClusterInformation', name: 'default' }],
    message: `the datastore is locked${by}: Calico hands out no addresses and programs nothing new`,
    evidence: { datastoreReady: false, ...(note === undefined ? {} : { lock: { ...note } }) },
    advice: 'Unlock it once nothing needs the lock any more.',
    command: 'calicoctl datastore migrate unlock',
  });
}
