/** `bun scripts/bench/cluster-generate.ts ENDPOINT NODES CALICO-PODS OTHER-PODS` fills the etcd of an API server. */
import { clusterEntries } from './cluster-model.ts';
import { writeEntries } from './etcd-entries.ts';

const [endpoint, ...numbers] = process.argv.slice(2);
const [nodes, calicoPods, otherPods] = numbers.map(Number);
if (endpoint === undefined || !nodes || !calicoPods || !otherPods)
  throw new Error('which etcd, how many nodes, pods of Calico, and others?');
await writeEntries(endpoint, clusterEntries({ nodes, calicoPods, otherPods }));
