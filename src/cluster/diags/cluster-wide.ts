/** What is collected of the cluster as a whole. */
import type { Step } from '../../bundle/recorder.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import type { Cluster } from '../../datastore/cluster.ts';
import { ALL, fileWord, KUBERNETES, THIRD_PARTY, WHOLE_NAMESPACES } from './catalogue.ts';
import { type Listing, listingSteps, type Watch } from './lists.ts';
import { nameOf, type Served } from './served.ts';

/** Kinds of Calico and of its operator. */
const OURS = /projectcalico|tigera/;

export function clusterSteps(cluster: Cluster, watch: Watch, served: Served): Step[] {
  const ours = served.all.filter(({ group }) => OURS.test(group));
  const { otherwise } = served;
  const list = (listing: Omit<Listing, 'otherwise'>) =>
    listingSteps(cluster, watch, { ...listing, otherwise });
  return [
    versionStep(cluster),
    ...ours.flatMap((resource) => {
      const name = nameOf(resource);
      return list({ name, file: `cluster/crd/${name}`, resources: [resource] });
    }),
    ...WHOLE_NAMESPACES.flatMap((namespace) =>
      list({
        name: `everything in namespace ${namespace}`,
        file: `cluster/${namespace}/${namespace}`,
        resources: ALL.flatMap(served.named),
        namespace,
      }),
    ),
    ...KUBERNETES.flatMap((name) =>
      list({ name, file: `cluster/kubernetes/${fileWord(name)}`, resources: served.named(name) }),
    ),
    ...THIRD_PARTY.flatMap((name) =>
      list({ name, file: `cluster/third-party/${fileWord(name)}`, resources: served.named(name) }),
    ),
  ];
}

function versionStep(cluster: Cluster): Step {
  return {
    name: 'versions',
    async work(collect) {
      const { yamlText } = await import('./yaml.ts');
      const clientVersion = { calicoctl: CALICO_VERSION };
      await collect.text(
        'cluster/version.yaml',
        yamlText({ clientVersion, serverVersion: await cluster.version() }),
      );
    },
  };
}
