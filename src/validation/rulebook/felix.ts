import type { Explanation } from '../rule.ts';

/** Explanations of rules about Felix (CAL152x). */
export const FELIX: Readonly<Record<string, Explanation>> = {
  CAL1520: {
    why: 'The names `default` and `node.NAME` already say which nodes read them. A selector would have no effect there, and settings meant for some nodes would reach all of them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  nodeSelector: hardware == "gpu"
  bpfEnabled: true
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: gpu-nodes
spec:
  nodeSelector: hardware == "gpu"
  bpfEnabled: true
`,
  },
  CAL1521: {
    why: 'The region becomes part of the keys under which Felix and Neutron meet in etcd. Another spelling or a longer name would make keys that one of them cannot read, and endpoints of the region would be missed.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  openstackRegion: Region_One
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  openstackRegion: region-one
`,
  },
  CAL1522: {
    why: 'Felix writes these ports into rules of the kernel, which compare numbers. It has no workload at hand of which it could look up the name of a port.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  kubeNodePortRanges:
  - node-ports
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  kubeNodePortRanges:
  - 30000:32767
`,
  },
  CAL1523: {
    why: 'Felix allows packets of IPv4 tunnels from these addresses by means of an IPv4 set, into which no other address fits. Nodes outside the cluster that are listed otherwise would have their packets dropped.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  externalNodesList:
  - fd00:192:168::/64
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  externalNodesList:
  - 192.168.20.0/24
`,
  },
  CAL1524: {
    why: 'The kernel takes a source address of the same family as the packet or the route only. Felix could not program the route or the NAT rule, and would try again for ever.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: node.worker-1
spec:
  deviceRouteSourceAddress: fd00:192:168::11
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: node.worker-1
spec:
  deviceRouteSourceAddressIPv6: fd00:192:168::11
`,
  },
  CAL1525: {
    why: 'Felix takes routing tables from these ranges for WireGuard and for the routes of tunnels. From a range that ends before it begins there is nothing to take, and of very many tables it could not keep the account.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  routeTableRanges:
  - min: 300
    max: 260
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  routeTableRanges:
  - min: 260
    max: 300
`,
  },
  CAL1526: {
    why: 'Both fields say which routing tables Felix may use, and only one of them can hold. If that is not the one that its author thinks of, Felix takes tables that something else on the node has.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  routeTableRange:
    min: 1
    max: 250
  routeTableRanges:
  - min: 1
    max: 250
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  routeTableRanges:
  - min: 1
    max: 250
`,
  },
  CAL1527: {
    why: 'A limit belongs to one part of Felix, found by its name, and counts forward. A negative limit would have run out before it began, so Felix would call itself unhealthy and be restarted over and over.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  healthTimeoutOverrides:
  - name: InternalDataplaneMainLoop
    timeout: -5m
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  healthTimeoutOverrides:
  - name: InternalDataplaneMainLoop
    timeout: 5m
`,
  },
  CAL1528: {
    why: 'Felix looks the filter up by the name of the interface, or by the words that stand for several. A key that no interface can have would never be found, and nothing would be filtered.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfLogLevel: Debug
  bpfLogFilters:
    "*": tcp port 8080
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfLogLevel: Debug
  bpfLogFilters:
    all: tcp port 8080
`,
  },
  CAL1529: {
    why: 'The reference calicoctl compares these two words exactly, though the API server takes them in any letter case. A manifest in another spelling would be accepted by one tool and refused by the next.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  serviceLoopPrevention: reject
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  serviceLoopPrevention: Reject
`,
  },
};
