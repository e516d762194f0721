import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort, launchEtcd, type ServerDescription } from '../../scripts/testbed/etcd.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

/** What `npm run -s testbed -- up` prints. Paths are file paths. */
export interface Testbed {
  /** URL of a server without TLS and passwords. */
  readonly etcd: string;
  /** A server that asks for client certificates. */
  readonly etcdTls: {
    readonly url: string;
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
  };
  /** A TLS server that asks for passwords; the user above may do everything, `limited` only below `prefix`. */
  readonly etcdAuth: {
    readonly url: string;
    readonly ca: string;
    readonly username: string;
    readonly password: string;
    readonly limited: { readonly username: string; readonly password: string; readonly prefix: string };
  };
  /** URL of the etcd behind `kube`; what the API server keeps in it is JSON below /registry/. */
  readonly kubeEtcd: string;
  /** Kubeconfig of the admin of `kube`. */
  readonly kubeconfig: string;
  /** A Kubernetes API server with the Calico kinds in group crd.projectcalico.org. */
  readonly kube: Cluster;
  readonly kubeV3Etcd: string;
  readonly kubeconfigV3: string;
  /** The same with the Calico kinds in group projectcalico.org. */
  readonly kubeV3: Cluster;
  /**
   * Folder of `<name>.crt` and `<name>.key` for `ca`, `server`, `client`, and the wrong ones: `other-ca`,
   * `other-client`, `server-elsewhere` (good for 192.0.2.1 and etcd.example only), `server-expired`.
   */
  readonly certificates: string;
}

/** A user who has a bearer token. */
export interface TokenUser {
  readonly token: string;
  readonly kubeconfig: string;
}

/** A Kubernetes API server without nodes and controllers. Namespaces that are deleted there stay Terminating. */
export interface Cluster {
  readonly url: string;
  /** Certificate of the private authority of this server alone. */
  readonly ca: string;
  /** Bearer token of user admin, who may do everything, and the kubeconfig with it. */
  readonly token: string;
  readonly adminKubeconfig: string;
  /** May get and list IP pools, and do everything to network sets in namespace default. */
  readonly limited: TokenUser;
  /** May do nothing. */
  readonly stranger: TokenUser;
  /** May do nothing but act as another user or group. */
  readonly impersonator: TokenUser;
  /** User certificate-user, who may do everything: the kubeconfig, and the files it is made of. */
  readonly certificateKubeconfig: string;
  readonly certificate: string;
  readonly key: string;
}

let running: Promise<Testbed> | undefined;

/** The shared servers, started where they do not run yet. They outlive the tests: use keys of your own. */
export function testbed(): Promise<Testbed> {
  running ??= promisify(execFile)('node', [join(ROOT, 'scripts/testbed.mjs'), 'up'], { cwd: ROOT }).then(
    ({ stdout }) => JSON.parse(stdout) as Testbed,
  );
  return running;
}

/** A server of one test file, for faults. */
export interface EtcdServer {
  readonly url: string;
  readonly port: number;
  /** Ends it as a power cut does; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, killing it first where it runs. */
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

export interface EtcdServerOptions {
  readonly tls?: ServerDescription['tls'];
  /** Further etcd command line options. */
  readonly args?: readonly string[];
  /** Every write is on disk before it is answered: what was answered survives a kill. */
  readonly durable?: boolean;
  /** 3.5 or later, as API servers ask for. */
  readonly recent?: boolean;
  /** Where the data goes; by default a temporary folder. */
  readonly folder?: string;
}

/** Starts a throw-away server; it ends with this process at the latest. */
export async function startEtcd(options: EtcdServerOptions = {}): Promise<EtcdServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'calicoctl-etcd-'));
  const server: ServerDescription = {
    folder,
    port: await freePort(),
    peerPort: await freePort(),
    ...(options.tls && { tls: options.tls }),
    ...(options.args && { args: options.args }),
    ...(options.durable && { durable: true }),
    ...(options.recent && { recent: true }),
  };
  let child = await launchEtcd(server);
  const endWithUs = () => child.kill('SIGKILL');
  process.on('exit', endWithUs);
  const kill = () =>
    new Promise<void>((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once('exit', () => done());
      child.kill('SIGKILL');
    });
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${server.port}`,
    port: server.port,
    kill,
    async restart() {
      await kill();
      child = await launchEtcd(server);
    },
    async stop() {
      await kill();
      process.off('exit', endWithUs);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
