import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClusterChoice,
  describeCluster,
  launchCluster,
  prepareCluster,
  publishCluster,
} from '../../scripts/testbed/kubernetes.mjs';
import { type Cluster, type EtcdServer, startEtcd } from './testbed.ts';

/** An API server of one test file, for faults. */
export interface ApiServer extends Cluster {
  /** The admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly port: number;
  /** What is behind it; it can be killed and restarted too, and dies with `stop`. */
  readonly etcd: EtcdServer;
  readonly etcdUrl: string;
  /** Ends it as a power cut does; what it answered is in etcd. */
  kill(): Promise<void>;
  /** Starts it again on the same port, killing it first where it runs; returns once Calico's kinds are served. */
  restart(): Promise<void>;
  /** Ends it and its etcd for good and removes their data. */
  stop(): Promise<void>;
}

export interface ApiServerOptions extends Partial<Pick<ClusterChoice, 'mode' | 'watchCache' | 'args'>> {
  /** Leave Calico's kinds out: a cluster that was never prepared for Calico. */
  readonly bare?: boolean;
}

/** Starts a throw-away API server over an etcd of its own; both end with this process at the latest. Takes seconds. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { bare = false, mode = 'v1', ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-kube-'));
  const etcd = await startEtcd({ recent: true, durable: true, folder: join(folder, 'etcd') });
  const server = await describeCluster({ folder: join(folder, 'kube'), etcd: etcd.url, mode, ...rest });
  let child = await launchCluster(server);
  if (!bare) await prepareCluster(server);
  const endWithUs = () => child.kill('SIGKILL');
  process.on('exit', endWithUs);
  const kill = () =>
    new Promise<void>((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once('exit', () => done());
      child.kill('SIGKILL');
    });
  const published = publishCluster(server);
  return {
    ...published,
    kubeconfig: published.adminKubeconfig,
    port: server.port,
    etcd,
    etcdUrl: etcd.url,
    kill,
    async restart() {
      await kill();
      child = await launchCluster({ ...server, prepared: !bare });
    },
    async stop() {
      await kill();
      process.off('exit', endWithUs);
      await etcd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
