import { isObject } from '../../core/json.ts';
import { type Fault, formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { type Manifest, problemsError } from '../../resources/manifest.ts';
import type { Guard } from './guards.ts';

/** Settings of the whole cluster, under the names that the reference's messages give them. */
const CLUSTER_WIDE = {
  nodeToNodeMeshEnabled: 'NodeToNodeMeshEnabled',
  asNumber: 'ASNumber',
  serviceLoadBalancerIPs: 'ServiceLoadBalancerIPs',
  serviceExternalIPs: 'ServiceExternalIPs',
  serviceClusterIPs: 'ServiceClusterIPs',
  nodeMeshPassword: 'NodeMeshPassword',
  nodeMeshMaxRestartTime: 'NodeMeshMaxRestartTime',
} as const;

/** The reference's validate takes such a manifest; only its writes refuse it, so this is no rule of the kind. */
async function refuseClusterWide(ref: Ref, { spec }: Resource, place: Manifest['place']): Promise<void> {
  if (ref.name === 'default') return;
  const faults = Object.entries(CLUSTER_WIDE).flatMap(([field, name]): Fault[] => {
    const value = spec[field];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    const message = `cannot be set here: ${name} belongs to the BGPConfiguration "default"`;
    return [{ path: ['spec', field], ...(isObject(value) ? {} : { value }), message }];
  });
  if (faults.length > 0) throw problemsError('validation', formatRef(ref), faults, place);
}

const bgpconfiguration: Guard = {
  beforeCreate: (_store, ref, resource, place) => refuseClusterWide(ref, resource, place),
  beforeUpdate: (_store, ref, resource, _stored, place) => refuseClusterWide(ref, resource, place),
};

export default bgpconfiguration;
