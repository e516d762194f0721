import { API_VERSION, type Ref, type Resource } from '../resources/kind.ts';

/** The profile that every Calico cluster has without storing it: it allows all traffic. */
const NAME = 'projectcalico-default-allow';

export function isBuiltIn({ kind, name }: Ref): boolean {
  return kind.kind === 'Profile' && name === NAME;
}

export function builtInProfile(): Resource {
  const allow = [{ action: 'Allow', source: {}, destination: {} }];
  return {
    kind: 'Profile',
    apiVersion: API_VERSION,
    metadata: { name: NAME, resourceVersion: '1' },
    spec: { ingress: allow, egress: allow },
  };
}
