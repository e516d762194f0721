import type { Explanation } from '../rule.ts';

/** Explanations of rules about IP pools (CAL100x), and about changes of them (CAL102x). */
export const POOLS: Readonly<Record<string, Explanation>> = {
  CAL1000: {
    why: 'A CIDR that points at an address inside its network says two things at once: an address and a range. Calico does not guess which of them was meant, and no pool is made.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.3.1/16
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
`,
  },
  CAL1001: {
    why: 'Some components take such a range for IPv4 and others for IPv6, and API servers cannot read it at all. Addresses from it would have no route that leads to them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: ::ffff:10.48.0.0/112
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
`,
  },
  CAL1002: {
    why: 'Hosts keep link-local addresses to one link and forward no packet that has one. A workload with such an address could not be reached from other nodes.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 169.254.64.0/18
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.64.0/18
`,
  },
  CAL1003: {
    why: 'A packet is wrapped once. With both modes on, the tunnel devices of a node would each claim the routes to the same workloads.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  ipipMode: CrossSubnet
  vxlanMode: Always
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  ipipMode: Never
  vxlanMode: Always
`,
  },
  CAL1004: {
    why: 'The IP-in-IP tunnel between nodes carries IPv4 packets only. Workloads of an IPv6 pool on different nodes could not reach each other through it.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1-ipv6
spec:
  cidr: fd00:10:48::/64
  ipipMode: Always
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1-ipv6
spec:
  cidr: fd00:10:48::/64
  vxlanMode: Always
`,
  },
  CAL1005: {
    why: 'Nodes get addresses block by block, and one object in the datastore lists every address of a block, so a block has at most 4096 of them. A prefix length is never greater than the 32 bits of an IPv4 address or the 128 bits of an IPv6 address: that is a block of one.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  blockSize: 18
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  blockSize: 24
`,
  },
  CAL1006: {
    why: 'Addresses are taken from whole blocks only. No node could claim one from a pool that is smaller than its blocks, so no workload would ever get an address from it.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: small-site
spec:
  cidr: 10.48.7.0/28
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: small-site
spec:
  cidr: 10.48.7.0/28
  blockSize: 30
`,
  },
  CAL1007: {
    why: 'Addresses of services belong to no workload behind a tunnel: nodes announce them to the network around the cluster. A tunnel mode could never take effect, so Calico refuses it rather than let it look as if it did.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  vxlanMode: Always
  allowedUses:
  - LoadBalancer
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  vxlanMode: Never
  allowedUses:
  - LoadBalancer
`,
  },
  CAL1008: {
    why: 'Blocks for workloads and tunnels belong to nodes, blocks for services to the load-balancer controller. In a shared pool one side would use up blocks that the other needs, and the settings of the pool could not suit both.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  allowedUses:
  - Workload
  - LoadBalancer
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  allowedUses:
  - LoadBalancer
`,
  },
  CAL1009: {
    why: 'Clients outside the cluster find the address of a service by the routes that nodes advertise. Without them every address of the pool would be unreachable.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  disableBGPExport: true
  allowedUses:
  - LoadBalancer
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  allowedUses:
  - LoadBalancer
`,
  },
  CAL1010: {
    why: 'The controller that gives addresses to services acts for no node, so there are no node labels that a selector could be held against. Services would get no address.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  nodeSelector: zone == "edge"
  allowedUses:
  - LoadBalancer
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  nodeSelector: all()
  allowedUses:
  - LoadBalancer
`,
  },
  CAL1011: {
    why: 'The tunnel devices of nodes are in no namespace, so a pool for some namespaces cannot say whether they may have an address from it. A pool that does not name its uses has this one too.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: team-blue
spec:
  cidr: 10.50.0.0/20
  namespaceSelector: team == "blue"
  allowedUses:
  - Workload
  - Tunnel
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: team-blue
spec:
  cidr: 10.50.0.0/20
  namespaceSelector: team == "blue"
  allowedUses:
  - Workload
`,
  },
  CAL1012: {
    why: '`global()` stands for endpoints outside all namespaces and has a meaning in rules of policies only. In a pool it would match every node or namespace, whatever its author had in mind.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  nodeSelector: global()
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  nodeSelector: all()
`,
  },
  CAL1013: {
    why: 'API servers refuse such a range, while other readers of it take the same number. `create` and `apply` write the range without the zero; whoever hands the file to kubectl has it refused.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.0.0.0/08
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.0.0.0/8
`,
  },
  CAL1020: {
    why: 'Nodes own blocks of the old range, and workloads have addresses from it. After a change these would belong to no pool, and nothing would say how their traffic is wrapped and hidden behind the node, or which blocks they are in.',
    stored: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  vxlanMode: Always
`,
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.52.0.0/16
  vxlanMode: Always
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  vxlanMode: CrossSubnet
`,
  },
  CAL1021: {
    why: 'Blocks that nodes own were cut to the old size. With another size in the pool an address would be looked for in a block that is not there, so that it could be given out twice or stay in use for ever.',
    stored: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  blockSize: 26
`,
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  blockSize: 24
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: rack-1
spec:
  cidr: 10.48.0.0/16
  blockSize: 26
  natOutgoing: true
`,
  },
  CAL1022: {
    why: 'The blocks of such a pool belong to the load-balancer controller, and services may have addresses from them. Workloads could never use those blocks, and the services would keep addresses that the pool is no longer for.',
    stored: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  allowedUses:
  - LoadBalancer
`,
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  allowedUses:
  - Workload
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: services
spec:
  cidr: 10.49.0.0/24
  assignmentMode: Manual
  allowedUses:
  - LoadBalancer
`,
  },
};
