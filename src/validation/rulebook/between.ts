import type { Explanation } from '../rule.ts';

/** Explanations of rules about what objects ask of each other, and writes of what is stored (CAL18xx). */
export const BETWEEN: Readonly<Record<string, Explanation>> = {
  CAL1800: {
    why: 'Both documents mean the same object, and the one that is applied last wins. What the other says is lost, and which one that is depends on the order of files.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [192.0.2.0/24]
---
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [198.51.100.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office-berlin
  namespace: shop
spec:
  nets: [192.0.2.0/24]
---
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office-munich
  namespace: shop
spec:
  nets: [198.51.100.0/24]
`,
  },
  CAL1801: {
    why: 'An address that lies in two pools has no clear encapsulation, NAT or node, and could be handed out by either. So Calico refuses the second of them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.244.0.0/16
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods-of-rack-1
spec:
  cidr: 10.244.128.0/20
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.244.0.0/17
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods-of-rack-1
spec:
  cidr: 10.244.128.0/20
`,
  },
  CAL1802: {
    why: 'Policies are looked at tier by tier. One whose tier does not exist is never looked at, so it neither allows nor denies anything, and creating it is refused.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: security.block-telnet
spec:
  tier: security
  selector: all()
  ingress:
    - action: Deny
      protocol: TCP
      destination:
        ports: [23]
    - action: Pass
`,
    right: `apiVersion: projectcalico.org/v3
kind: Tier
metadata:
  name: security
spec:
  order: 100
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: security.block-telnet
spec:
  tier: security
  selector: all()
  ingress:
    - action: Deny
      protocol: TCP
      destination:
        ports: [23]
    - action: Pass
`,
  },
  CAL1803: {
    why: 'Blocks outlive the pool that they were cut from while addresses in them are in use. A pool of another block size would look for its addresses in other blocks, and could give one out that a workload already has.',
    stored: `apiVersion: projectcalico.org/v3
kind: IPAMBlock
metadata:
  name: 10.48.0.64-30
spec:
  cidr: 10.48.0.64/30
  affinity: host:worker-1
  allocations:
  - 0
  - null
  - null
  - null
  unallocated:
  - 1
  - 2
  - 3
  attributes:
  - handle_id: k8s-pod-network.web-1
    secondary:
      namespace: shop
      node: worker-1
      pod: web-1
  strictAffinity: false
`,
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: small-site
spec:
  cidr: 10.48.0.0/24
  blockSize: 28
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: small-site
spec:
  cidr: 10.48.0.0/24
  blockSize: 30
`,
  },
  CAL1804: {
    why: 'A session without the filter that it is meant to have would take and tell every route. Calico refuses the peer rather than open the session so.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.168.1.1
  asNumber: 64601
  filters:
  - no-host-routes
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: no-host-routes
spec:
  importV4:
  - cidr: 10.0.0.0/8
    matchOperator: In
    prefixLength:
      min: 25
      max: 32
    action: Reject
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.168.1.1
  asNumber: 64601
  filters:
  - no-host-routes
`,
  },
  CAL1805: {
    why: 'Agents have this profile built in. The host endpoints that the controllers make have it, so that traffic which no policy is about passes. What a datastore held under its name would have no effect, so it is not stored.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Profile
metadata:
  name: projectcalico-default-allow
spec:
  labelsToApply:
    team: blue
`,
    right: `apiVersion: projectcalico.org/v3
kind: Profile
metadata:
  name: team-blue
spec:
  labelsToApply:
    team: blue
`,
  },
  CAL1806: {
    why: 'Policies of this name are the network policies of Kubernetes as Calico shows them. A change would have to be made to the object of Kubernetes, and one made here would be lost.',
    command: { wrong: 'create -f manifest.yaml', right: 'create -f manifest.yaml' },
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: knp.default.allow-web
  namespace: shop
spec:
  selector: app == "web"
  types:
  - Ingress
  ingress:
  - action: Allow
    protocol: TCP
    destination:
      ports:
      - 443
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == "web"
  types:
  - Ingress
  ingress:
  - action: Allow
    protocol: TCP
    destination:
      ports:
      - 443
`,
  },
  CAL1807: {
    why: 'A version in a manifest says which state of the object was looked at. Where somebody has changed it since, a write would undo what nobody has seen. Files that are kept leave the version out.',
    stored: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets:
  - 192.0.2.0/24
`,
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  resourceVersion: "1"
spec:
  nets:
  - 198.51.100.0/24
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets:
  - 198.51.100.0/24
`,
  },
};
