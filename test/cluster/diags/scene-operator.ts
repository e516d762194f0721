import type { KubeObject } from '../../../src/datastore/cluster.ts';
import type { Scene } from '../../testbed/kube-scene.ts';

/** The operator's kinds, and its one object. */

const CRDS = 'apiextensions.k8s.io';

/** A kind of the operator, of any form. */
export async function operatorKind(scene: Scene, plural: string, kind: string): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await scene.put(
    'customresourcedefinitions',
    {
      apiVersion: `${CRDS}/v1`,
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.operator.tigera.io` },
      spec: {
        group: 'operator.tigera.io',
        scope: 'Cluster',
        names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
    { group: CRDS },
  );
}

/** Once the operator's kinds are served. */
export async function installation(scene: Scene): Promise<void> {
  const object = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default', annotations: { 'unsupported.operator.tigera.io/ignore': 'true' } },
    spec: { variant: 'Calico' },
  } as unknown as KubeObject;
  for (let tries = 0; ; tries++) {
    try {
      await scene.put('installations', object, { group: 'operator.tigera.io' });
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
