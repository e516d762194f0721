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
};
