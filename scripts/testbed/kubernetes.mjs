// The API servers of the testbed, each over an etcd of its own; the entries are like those in servers.mjs.
import { join } from 'node:path';
import { definitions, definitionsServed, definitionsStamp, installDefinitions } from './crds.mjs';
import { launchEtcd } from './etcd.mjs';
import { launchApiServer, writeClusterSecrets } from './kube-apiserver.mjs';
import { certificateUser, writeKubeconfig } from './kubeconfig.mjs';
import { freePort } from './processes.mjs';
import { installRights } from './rbac.mjs';

const GROUPS = { v1: 'crd.projectcalico.org', v3: 'projectcalico.org' };

/** An etcd fit for API servers. */
export const plainEtcd = (name) => ({
  async describe(state) {
    const [port, peerPort] = [await freePort(), await freePort()];
    return { folder: join(state.folder, name), port, peerPort, recent: true };
  },
  launch: launchEtcd,
  publish: (_state, server) => ({ [name]: `http://127.0.0.1:${server.port}` }),
});

async function launchCluster(server, how) {
  const child = await launchApiServer(server, how);
  if (server.prepared) await definitionsServed(server, await definitions(server.mode));
  return child;
}

function kubeconfigs(server) {
  const token = (user) => writeKubeconfig(server, user, { token: server.tokens[user] });
  return {
    ...Object.fromEntries(Object.keys(server.tokens).map((user) => [user, token(user)])),
    'certificate-user': writeKubeconfig(server, 'certificate-user', certificateUser(server)),
  };
}

/** What tests are told of a cluster; all but `url`, `token` and `tokens` are paths of files. */
function describeCluster(server) {
  const file = (user) => join(server.folder, `${user}.kubeconfig`);
  const user = (name) => ({ token: server.tokens[name], kubeconfig: file(name) });
  return {
    url: `https://127.0.0.1:${server.port}`,
    ca: join(server.pki, 'ca.crt'),
    token: server.tokens.admin,
    adminKubeconfig: file('admin'),
    limited: user('limited'),
    stranger: user('stranger'),
    impersonator: user('impersonator'),
    certificateKubeconfig: file('certificate-user'),
    certificate: join(server.pki, 'certificate-user.crt'),
    key: join(server.pki, 'certificate-user.key'),
  };
}

/** An API server with the Calico kinds of one mode: `v1` behind crd.projectcalico.org, `v3` native. */
export const cluster = (name, { etcd, mode, kubeconfig }) => ({
  needs: etcd,
  async describe(state) {
    const folder = join(state.folder, name);
    const secrets = writeClusterSecrets(folder);
    const behind = `http://127.0.0.1:${state.servers[etcd].port}`;
    const server = { folder, port: await freePort(), etcd: behind, mode, ...secrets };
    kubeconfigs(server);
    return server;
  },
  launch: launchCluster,
  stamp: () => definitionsStamp(mode),
  async prepare(server) {
    await installDefinitions(server, await definitions(mode));
    await installRights(server, GROUPS[mode]);
  },
  publish: (_state, server) => ({
    [kubeconfig]: join(server.folder, 'admin.kubeconfig'),
    [name]: describeCluster(server),
  }),
});
