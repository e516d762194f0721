// The servers of the testbed: how each is described and what is done to it once, after its first start.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort, gateway, launchEtcd } from './etcd.mjs';
import { cluster, plainEtcd } from './kubernetes.mjs';

const file = (state, name) => join(state.folder, 'tls', name);

async function describe(state, name, tls) {
  const [port, peerPort] = [await freePort(), await freePort()];
  return { folder: join(state.folder, name), port, peerPort, ...(tls && { tls }) };
}

const serverPair = (state) => ({ cert: file(state, 'server.crt'), key: file(state, 'server.key') });

/** A user with every right, and one who may use nothing but the keys below /calico/. */
async function setUpPasswords(server, { root, limited }) {
  const post = (path, body) => gateway(server, path, body);
  await post('auth/user/add', { name: 'root', password: root });
  await post('auth/user/grant', { user: 'root', role: 'root' });
  await post('auth/role/add', { name: 'calico' });
  const [key, rangeEnd] = ['/calico/', '/calico0'].map((text) => Buffer.from(text).toString('base64'));
  const perm = { permType: 'READWRITE', key, range_end: rangeEnd };
  await post('auth/role/grant', { name: 'calico', perm });
  await post('auth/user/add', { name: 'limited', password: limited });
  await post('auth/user/grant', { user: 'limited', role: 'calico' });
  await post('auth/enable', {});
}

/**
 * One entry a server: `describe` chooses ports and files once, `launch` starts it, `prepare` runs after the first
 * start, `publish` makes what `testbed up` prints of it. An entry starts after the one it `needs`.
 */
export const servers = {
  etcd: {
    describe: (state) => describe(state, 'etcd'),
    launch: launchEtcd,
    publish: (_state, server) => ({ etcd: `http://127.0.0.1:${server.port}` }),
  },
  etcdTls: {
    describe: (state) =>
      describe(state, 'etcd-tls', { ...serverPair(state), clientCa: file(state, 'ca.crt') }),
    launch: launchEtcd,
    publish: (state, server) => ({
      etcdTls: {
        url: `https://127.0.0.1:${server.port}`,
        ca: file(state, 'ca.crt'),
        cert: file(state, 'client.crt'),
        key: file(state, 'client.key'),
      },
    }),
  },
  etcdAuth: {
    async describe(state) {
      const passwords = { root: randomBytes(9).toString('hex'), limited: randomBytes(9).toString('hex') };
      return { ...(await describe(state, 'etcd-auth', serverPair(state))), passwords };
    },
    launch: launchEtcd,
    prepare: (server) => setUpPasswords(server, server.passwords),
    publish: (state, server) => ({
      etcdAuth: {
        url: `https://127.0.0.1:${server.port}`,
        ca: file(state, 'ca.crt'),
        username: 'root',
        password: server.passwords.root,
        limited: { username: 'limited', password: server.passwords.limited, prefix: '/calico/' },
      },
    }),
  },
  kubeEtcd: plainEtcd('kubeEtcd'),
  kube: cluster('kube', { etcd: 'kubeEtcd', mode: 'v1', kubeconfig: 'kubeconfig' }),
  kubeV3Etcd: plainEtcd('kubeV3Etcd'),
  // One with a watch cache, as clusters have; without it, memory is less and continue tokens expire with compaction.
  kubeV3: cluster('kubeV3', { etcd: 'kubeV3Etcd', mode: 'v3', kubeconfig: 'kubeconfigV3', watchCache: true }),
};
