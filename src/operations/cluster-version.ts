import { CALICO_VERSION } from '../core/version.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { kindOf } from '../resources/registry.ts';
import { unlessNotFound } from './initialise.ts';

/** What this program is: the Calico release it is compatible with, and its own build. */
export const CLIENT_VERSION = {
  version: CALICO_VERSION,
  gitCommit: process.env['CALICOCTL_GIT_COMMIT'] ?? '',
} as const;

export interface ClusterVersion {
  readonly version?: string;
  readonly type?: string;
}

/** What ClusterInformation says; empty where the datastore has none. */
export async function clusterVersion(store: Datastore): Promise<ClusterVersion> {
  const kind = await kindOf('ClusterInformation');
  const { calicoVersion, clusterType } =
    (await unlessNotFound(store.get({ kind, name: 'default' })))?.spec ?? {};
  return {
    ...(calicoVersion ? { version: String(calicoVersion) } : {}),
    ...(clusterType ? { type: String(clusterType) } : {}),
  };
}
