import type { Explanation } from '../rule.ts';

/** Explanations of rules about BGP (CAL14xx). */
export const BGP: Readonly<Record<string, Explanation>> = {
  CAL1400: {
    why: 'One field says that a single node peers, the other that all nodes with certain labels do. Agents could not tell which of them to follow, and sessions would come up on nodes that nobody meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  node: worker-1
  nodeSelector: rack == "1"
  peerIP: 192.168.1.1
  asNumber: 64601
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  nodeSelector: rack == "1"
  peerIP: 192.168.1.1
  asNumber: 64601
`,
  },
  CAL1401: {
    why: 'A peer is either a router at an address or the nodes of the cluster that a selector finds. With both given it would be open where sessions are to go.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: to-reflectors
spec:
  peerIP: 192.168.1.1
  peerSelector: route-reflector == "true"
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: to-reflectors
spec:
  peerSelector: route-reflector == "true"
`,
  },
  CAL1402: {
    why: 'Every selected node has an AS number already, its own or that of the cluster. A second one given here would not match what the node says of itself, and the session would not come up.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: to-reflectors
spec:
  peerSelector: route-reflector == "true"
  asNumber: 64602
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: to-reflectors
spec:
  peerSelector: route-reflector == "true"
`,
  },
  CAL1403: {
    why: 'Nodes know the addresses of their own workloads and wait for sessions from those that the selector finds. A peer address besides would ask for a second, different peering in the same object.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: virtual-routers
spec:
  localWorkloadSelector: app == "router"
  peerIP: 10.48.3.7
  asNumber: 64603
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: virtual-routers
spec:
  localWorkloadSelector: app == "router"
  asNumber: 64603
`,
  },
  CAL1404: {
    why: 'The workloads of the node are the peers; selected nodes would be other ones. Agents could not tell which of the two kinds of session to set up.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: virtual-routers
spec:
  localWorkloadSelector: app == "router"
  peerSelector: route-reflector == "true"
  asNumber: 64603
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: virtual-routers
spec:
  localWorkloadSelector: app == "router"
  asNumber: 64603
`,
  },
  CAL1405: {
    why: 'Workloads have no AS number that Calico could look up, and BIRD sets up no session without knowing the number of the other side.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: virtual-routers
spec:
  localWorkloadSelector: app == "router"
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: virtual-routers
spec:
  localWorkloadSelector: app == "router"
  asNumber: 64603
`,
  },
  CAL1406: {
    why: 'The gateway becomes the next hop of a route to the address of the peer. Without that address there is no route to make, and the field would do nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: far-router
spec:
  node: worker-1
  reachableBy: 192.168.1.254
  asNumber: 64604
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: far-router
spec:
  node: worker-1
  peerIP: 172.20.0.1
  reachableBy: 192.168.1.254
  asNumber: 64604
`,
  },
  CAL1407: {
    why: 'A route to an IPv4 address needs an IPv4 next hop, and likewise for IPv6. BIRD would refuse its configuration, and with it the sessions of the node.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: far-router
spec:
  node: worker-1
  peerIP: 172.20.0.1
  reachableBy: fd00:192:168::fe
  asNumber: 64604
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: far-router
spec:
  node: worker-1
  peerIP: 172.20.0.1
  reachableBy: 192.168.1.254
  asNumber: 64604
`,
  },
  CAL1408: {
    why: 'Both fields say which next hop the peer is told, and they may say different things. The older one is only understood where the newer one is absent.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.168.1.1
  asNumber: 64601
  keepOriginalNextHop: true
  nextHopMode: Keep
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.168.1.1
  asNumber: 64601
  nextHopMode: Keep
`,
  },
  CAL1440: {
    why: 'All nodes have to agree on the mesh, on the AS number of the cluster and on the service ranges, so agents read these from the configuration `default` alone. In any other configuration they would be ignored.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: node.worker-1
spec:
  logSeverityScreen: Info
  asNumber: 64520
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  logSeverityScreen: Info
  asNumber: 64520
`,
  },
  CAL1441: {
    why: 'BGP sends a standard community as two numbers of 16 bits and a large one as three of 32 bits. BIRD could not send a greater number, and its configuration would be refused as a whole.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  communities:
  - name: no-transit
    value: 64512:70000
  prefixAdvertisements:
  - cidr: 10.48.0.0/16
    communities:
    - no-transit
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  communities:
  - name: no-transit
    value: 64512:7000
  prefixAdvertisements:
  - cidr: 10.48.0.0/16
    communities:
    - no-transit
`,
  },
  CAL1442: {
    why: 'A word that is no community has to be found in `communities`, or there is nothing that routes could carry. The routers around the cluster would then treat them as if they were unmarked.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  communities:
  - name: no-transit
    value: 64512:7000
  prefixAdvertisements:
  - cidr: 10.48.0.0/16
    communities:
    - notransit
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  communities:
  - name: no-transit
    value: 64512:7000
  prefixAdvertisements:
  - cidr: 10.48.0.0/16
    communities:
    - no-transit
`,
  },
  CAL1443: {
    why: 'The ranges become routes and filters of BIRD, which take networks and not addresses inside them. It would be open whether one address or the whole range is to be advertised.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  serviceClusterIPs:
  - cidr: 10.96.0.1/16
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  serviceClusterIPs:
  - cidr: 10.96.0.0/16
`,
  },
  CAL1444: {
    why: 'Both settings are for the sessions of the mesh. Where it is off there are no such sessions, and somebody might believe that the remaining ones are protected by the password.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  nodeToNodeMeshEnabled: false
  nodeMeshMaxRestartTime: 240s
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  nodeToNodeMeshEnabled: true
  nodeMeshMaxRestartTime: 240s
`,
  },
  CAL1445: {
    why: 'A named community does nothing by itself: only `prefixAdvertisements` put one on routes. Without them no route would carry it.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  communities:
  - name: no-transit
    value: 64512:7000
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  communities:
  - name: no-transit
    value: 64512:7000
  prefixAdvertisements:
  - cidr: 10.48.0.0/16
    communities:
    - no-transit
`,
  },
  CAL1480: {
    why: 'Each list becomes a filter for routes of one family, and compares with networks. A range of the other family could never match, and one with host bits leaves open what was meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: keep-service-routes
spec:
  exportV4:
  - cidr: 10.96.0.1/16
    matchOperator: In
    action: Accept
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: keep-service-routes
spec:
  exportV4:
  - cidr: 10.96.0.0/16
    matchOperator: In
    action: Accept
`,
  },
  CAL1481: {
    why: 'A range alone does not say whether routes have to equal it, lie in it or lie outside it. A rule that left it out would match every route.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: keep-service-routes
spec:
  exportV4:
  - cidr: 10.96.0.0/16
    action: Accept
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: keep-service-routes
spec:
  exportV4:
  - cidr: 10.96.0.0/16
    matchOperator: In
    action: Accept
`,
  },
  CAL1482: {
    why: 'In the filters of BIRD a prefix length belongs to the range it narrows. Without a range the limit would be dropped, and the rule would match routes of any length.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: no-host-routes
spec:
  importV4:
  - prefixLength:
      min: 25
      max: 32
    action: Reject
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
`,
  },
  CAL1483: {
    why: 'Operations change a route before it goes on to a peer or into the routing table. A rejected route goes nowhere, so nobody would ever see the change.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: mark-pod-routes
spec:
  exportV4:
  - cidr: 10.48.0.0/16
    matchOperator: In
    action: Reject
    operations:
    - addCommunity:
        value: 64512:7000
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: mark-pod-routes
spec:
  exportV4:
  - cidr: 10.48.0.0/16
    matchOperator: In
    action: Accept
    operations:
    - addCommunity:
        value: 64512:7000
`,
  },
};
