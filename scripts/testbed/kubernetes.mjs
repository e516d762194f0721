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

/**
 * Chooses what an API server is started with: `server` is `{ folder, etcd, mode, watchCache?, args? }`, the URL of its
 * etcd and `v1` (Calico's kinds in crd.projectcalico.org) or `v3` (native). Writes its secrets and kubeconfigs.
 */
export async function describeCluster(server) {
  const whole = { ...server, port: await freePort(), ...writeClusterSecrets(server.folder) };
  for (const [user, token] of Object.entries(whole.tokens)) writeKubeconfig(whole, user, { token });
  writeKubeconfig(whole, 'certificate-user', certificateUser(whole));
  return whole;
}

/** Starts it; returns the child process once all is served that `prepareCluster` has put there. */
export async function launchCluster(server, how) {
  const child = await launchApiServer(server, how);
  if (server.prepared) await definitionsServed(server, await definitions(server.mode));
  return child;
}

/** Installs Calico's kinds and the users' rights. */
export async function prepareCluster(server) {
  await installDefinitions(server, await definitions(server.mode));
  await installRights(server, GROUPS[server.mode]);
}

/** What tests are told of a cluster: see `Cluster` in test/testbed/testbed.ts. */
export function publishCluster(server) {
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

/** An API server of the testbed; `kubeconfig` is the name its admin's kubeconfig is printed under. */
export const cluster = (name, { etcd, kubeconfig, ...rest }) => ({
  needs: etcd,
  describe: (state) =>
    describeCluster({
      folder: join(state.folder, name),
      etcd: `http://127.0.0.1:${state.servers[etcd].port}`,
      ...rest,
    }),
  launch: launchCluster,
  stamp: () => definitionsStamp(rest.mode),
  prepare: prepareCluster,
  publish: (_state, server) => ({
    [kubeconfig]: join(server.folder, 'admin.kubeconfig'),
    [name]: publishCluster(server),
  }),
});
