import { type Workspace, workspace } from '../../commands/run.ts';
import { type ApiServer, startApiServer } from '../../testbed/api-server.ts';
import { openScene, type Scene } from '../../testbed/kube-scene.ts';
import type { Kubelet } from '../../testbed/kubelet.ts';
import { buildScene, calicoKubelet } from './scene.ts';
import { type Planted, planted } from './secrets.ts';

/** A cluster to collect diagnostics of, and a folder to do it in. */
export interface Stage {
  readonly server: ApiServer;
  readonly scene: Scene;
  readonly kubelet: Kubelet;
  readonly secrets: Planted;
  readonly space: Workspace;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const secrets = planted();
  const server = await startApiServer();
  const scene = await openScene(server.kubeconfig);
  const kubelet = await calicoKubelet(secrets);
  await buildScene(scene, kubelet, secrets);
  const space = await workspace();
  // No kubectl, nor anything else.
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig, PATH: '', TMPDIR: space.folder };
  return {
    ...{ server, scene, kubelet, secrets, space, env },
    async close() {
      scene.close();
      await kubelet.stop();
      await server.stop();
      await space.remove();
    },
  };
}
