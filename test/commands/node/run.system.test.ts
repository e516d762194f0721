import { expect, test } from 'bun:test';
import { machine } from '../../node/machine.ts';
import { workspace } from '../run.ts';

/** It gives the runtime two seconds to stop, which is too long for a unit test. */
test('node run --init-system ends when it is stopped, also while the image is being downloaded', async () => {
  const area = await workspace();
  const made = machine();
  made.programs({ docker: '[ "$1" = run ] && exec sleep 60; exit 0' });
  const enough = new AbortController();
  setTimeout(() => enough.abort(), 300);
  const { status, err } = await area.calicoctl(['node', 'run', '--init-system'], {
    root: made.root,
    env: {
      ...{ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://192.0.2.1:2379' },
      ...{ PATH: made.path, CALICO_CTL_CONTAINER: 'x' },
    },
    signal: enough.signal,
  });
  expect({ status, err }).toEqual({ status: 130, err: 'interrupted; calico-node was stopped\n' });
  expect(made.calls().at(-1)).toBe('docker stop calico-node');
  made.remove();
  await area.remove();
});
