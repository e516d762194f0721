import type { ChildProcess } from 'node:child_process';
import type { Cluster } from '../../test/testbed/testbed.ts';

/** What an API server is started with; all paths are file paths. */
export interface ClusterChoice {
  readonly folder: string;
  /** URL of its etcd. */
  readonly etcd: string;
  /** Calico's kinds in group crd.projectcalico.org (`v1`) or projectcalico.org (`v3`). */
  readonly mode: 'v1' | 'v3';
  /** As in clusters; by default every answer comes from etcd. */
  readonly watchCache?: boolean;
  /** Further command line options. */
  readonly args?: readonly string[];
}

export interface ClusterDescription extends ClusterChoice {
  /** Wait for Calico's kinds too when it is started. */
  readonly prepared?: boolean;
  readonly port: number;
}

export function describeCluster(choice: ClusterChoice): Promise<ClusterDescription>;
export function launchCluster(server: ClusterDescription): Promise<ChildProcess>;
export function prepareCluster(server: ClusterDescription): Promise<void>;
export function publishCluster(server: ClusterDescription): Cluster;
