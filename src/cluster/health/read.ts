import { CALICO_VERSION } from '../../core/version.ts';
import type { Cluster } from '../../datastore/cluster.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { readUsage } from '../../ipam/usage/usage.ts';
import { clusterInformation } from '../../operations/lock.ts';
import type { Facts } from './facts.ts';
import { readCalicoNodes, readDefinitions, readStatuses } from './read/datastore.ts';
import { readNodes, readOperator, readPods, readServerVersion, readWorkloads } from './read/kubernetes.ts';
import { look, type Seen, seenValue } from './seen.ts';

/** Where to look. Opening may fail, and is not tried again. */
export interface Sources {
  readonly store: () => Promise<Datastore>;
  readonly cluster: () => Promise<Cluster>;
  readonly now?: number;
  /** No single reading takes longer; half a minute unless given. */
  readonly limitMs?: number;
}

const LIMIT_MS = 30_000;

/** Reads all that is judged, everything at once. What cannot be read is known as such; nothing here changes anything. */
export async function readFacts({ store, cluster, now, limitMs = LIMIT_MS }: Sources): Promise<Facts> {
  const [opened, around] = [once(store), once(cluster)];
  const inStore = <T>(read: (from: Datastore) => Promise<T>): Promise<Seen<T>> =>
    look(limitMs, async () => read(await opened()));
  const inCluster = <T>(read: (from: Cluster) => Promise<T>): Promise<Seen<T>> =>
    look(limitMs, async () => read(await around()));
  const [ofStore, ofCluster, datastore] = await Promise.all([
    Promise.all([
      inStore(clusterInformation),
      inStore(readCalicoNodes),
      inStore(readStatuses),
      inStore((from) => readUsage(from)),
      inStore(readDefinitions),
    ]),
    Promise.all([
      inCluster(readServerVersion),
      inCluster(readNodes),
      inCluster(readPods),
      inCluster(readWorkloads),
      inCluster(readOperator),
    ]),
    look(limitMs, async () => (await opened()).capabilities.name),
  ]);
  const [information, calicoNodes, statuses, usage, definitions] = ofStore;
  const [serverVersion, nodes, pods, workloads, operator] = ofCluster;
  return {
    now: now ?? Date.now(),
    clientVersion: CALICO_VERSION,
    datastore: seenValue(datastore),
    ...{ information, calicoNodes, statuses, usage, definitions },
    ...{ serverVersion, nodes, pods, workloads, operator },
  };
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
