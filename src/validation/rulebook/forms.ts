import type { Explanation } from '../rule.ts';

/** Explanations of rules about the forms of single values (CAL0020 to CAL0055). */
export const FORMS: Readonly<Record<string, Explanation>> = {
  CAL0020: {
    why: 'A range is written with a colon; a dash makes it a text that names no port. API servers take any text here, but Felix could not turn it into a rule of the kernel, so Calico refuses it before it is written.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: TCP
      destination:
        ports: ["8000-8080"]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: TCP
      destination:
        ports: ["8000:8080"]
`,
  },
  CAL0021: {
    why: 'Rules match the protocol field of the IP header, where only a number fits. Applications such as HTTP are told apart by their ports.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: HTTPS
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: TCP
`,
  },
  CAL0022: {
    why: 'BGP sends AS numbers in 32 bits. BIRD would not load a configuration with a larger one, and the node would lose all its sessions.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.0.2.1
  asNumber: 42000000000
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.0.2.1
  asNumber: 4200000000
`,
  },
  CAL0023: {
    why: 'A bare number could be seconds as well as milliseconds. Go, in which Calico is written, does not decode a duration without a unit.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  dataplaneWatchdogTimeout: 90
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  dataplaneWatchdogTimeout: 90s
`,
  },
  CAL0024: {
    why: 'The field goes into six bits of the IP header: numbers up to 63, or one of the names of RFC 4594. Calico reads the number into one byte; with one that does not fit there it cannot read the object at all.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  istioDSCPMark: 300
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  istioDSCPMark: 46
`,
  },
  CAL0025: {
    why: 'Kubernetes and Calico decode times in one form only, that of RFC 3339: a date, the letter T, a time with seconds and a time zone. An object with any other cannot be read back.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  creationTimestamp: 2026-01-31 12:00
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  creationTimestamp: "2026-01-31T12:00:00Z"
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0030: {
    why: 'Without a prefix length nobody knows how many addresses are meant, and BIRD does not accept the range.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  serviceClusterIPs:
    - cidr: 10.96.0.0
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  serviceClusterIPs:
    - cidr: 10.96.0.0/12
`,
  },
  CAL0031: {
    why: 'Felix routes the addresses of a workload to its interface. What is no address cannot be routed, and the workload stays cut off.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--0-eth0
  namespace: shop
spec:
  orchestrator: k8s
  node: worker-1
  pod: web-0
  endpoint: eth0
  interfaceName: cali0ef24ba
  ipNetworks: [10.65.0.300/32]
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--0-eth0
  namespace: shop
spec:
  orchestrator: k8s
  node: worker-1
  pod: web-0
  endpoint: eth0
  interfaceName: cali0ef24ba
  ipNetworks: [10.65.0.30/32]
`,
  },
  CAL0034: {
    why: 'Network sets hold CIDRs and addresses. Felix puts them into sets of the kernel, which know no ranges from one address to another.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets:
    - 198.51.100.0-198.51.100.127
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets:
    - 198.51.100.0/25
`,
  },
  CAL0035: {
    why: 'Other nodes send packets for the workloads of this node to its address, and BIRD peers with it. With a text that is no IPv4 address the node has no sessions.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.300/16
`,
    right: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.30/16
`,
  },
  CAL0036: {
    why: 'Other nodes send packets for the workloads of this node to its address, and BIRD peers with it. With a text that is no IPv6 address the node has no sessions.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.3/16
    ipv6Address: 172.18.0.3/64
`,
    right: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.3/16
    ipv6Address: 2001:db8:18::3/64
`,
  },
  CAL0037: {
    why: 'Felix tells by its addresses which interface a host endpoint stands for. A name is not resolved, so the endpoint would protect nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
spec:
  node: worker-1
  expectedIPs: [worker-1.example.com]
`,
    right: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
spec:
  node: worker-1
  expectedIPs: [172.18.0.3]
`,
  },
  CAL0038: {
    why: 'The field is used where only an IPv4 address fits. The cluster ID of a route reflector is one of these: it is written like an IPv4 address, and reflectors know by it the routes that come back to them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.3/16
    routeReflectorClusterID: "244"
`,
    right: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.3/16
    routeReflectorClusterID: 244.0.0.1
`,
  },
  CAL0039: {
    why: 'In an IPv6 address "::" stands for a run of zeros and can do so only once: twice, nobody could say how many zeros each of them is.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  localWorkloadPeeringIPV6: fd00::53::1
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  localWorkloadPeeringIPV6: fd00::53:0:1
`,
  },
  CAL0040: {
    why: 'A BGP session is made with one address. BIRD does not load a configuration in which a neighbour is a network or a name.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.0.2.1/24
  asNumber: 64512
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 192.0.2.1
  asNumber: 64512
`,
  },
  CAL0041: {
    why: 'The route to the peer goes through this address and is there before any name could be looked up.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 198.51.100.1
  asNumber: 64512
  reachableBy: gateway.example.com
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  peerIP: 198.51.100.1
  asNumber: 64512
  reachableBy: 192.0.2.254
`,
  },
  CAL0042: {
    why: 'The name is compared with that of one interface. A list of two matches none, and the host would stay unprotected.',
    wrong: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-uplink
spec:
  node: worker-1
  interfaceName: "eth0,eth1"
  expectedIPs: [172.18.0.3]
`,
    right: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-uplink
spec:
  node: worker-1
  interfaceName: eth0
  expectedIPs: [172.18.0.3]
`,
  },
  CAL0043: {
    why: 'BIRD would ignore all interfaces of the node, and so announce no address of it at all.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  ignoredInterfaces: ["*"]
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata:
  name: default
spec:
  ignoredInterfaces: ["docker*"]
`,
  },
  CAL0044: {
    why: 'BIRD compares the name with that of one interface. A list of two matches none, and the rule of the filter never takes effect.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: no-docker
spec:
  exportV4:
    - action: Reject
      interface: "docker0,br0"
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: no-docker
spec:
  exportV4:
    - action: Reject
      interface: "docker*"
`,
  },
  CAL0045: {
    why: 'Felix hands the name to iptables, where a trailing "+" stands for anything and "*" stands for itself.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  iptablesNATOutgoingInterfaceFilter: "eth*"
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  iptablesNATOutgoingInterfaceFilter: eth+
`,
  },
  CAL0046: {
    why: 'Felix listens on this host for requests of Prometheus. With a URL there is nothing to listen on, and no metrics.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  prometheusMetricsEnabled: true
  prometheusMetricsHost: http://localhost
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  prometheusMetricsEnabled: true
  prometheusMetricsHost: localhost
`,
  },
  CAL0047: {
    why: 'Felix takes items between commas, each a key of letters, digits and underscores, "=" and a value. It has no feature under any other key, so the setting would do nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  featureDetectOverride: "SNAT-Fully-Random=true"
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  featureDetectOverride: "SNATFullyRandom=true"
`,
  },
  CAL0048: {
    why: 'The component that reads the field compiles the expression. With one that does not compile there is nothing that names could be compared with, so what the field was meant to do is not done.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfDataIfacePattern: "^(eth|ens[0-9]+$"
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfDataIfacePattern: "^(eth|ens)[0-9]+$"
`,
  },
  CAL0049: {
    why: 'Felix works out from the selector which endpoints are meant. It treats a policy whose selector it cannot read as though it were not there, so nothing is protected.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app = 'web'
  types: [Ingress]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress]
`,
  },
  CAL0050: {
    why: 'The address is put into the tables of the kernel on every node. With an incomplete one no packet reaches the tunnel.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  ipv4VXLANTunnelAddr: 10.244.1.0
  vxlanTunnelMACAddr: "66:ef:2f:50:9d"
`,
    right: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  ipv4VXLANTunnelAddr: 10.244.1.0
  vxlanTunnelMACAddr: "66:ef:2f:50:9d:a0"
`,
  },
  CAL0051: {
    why: 'The other nodes encrypt to this key. With one that is cut short no tunnel to this node comes about.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.3/16
status:
  wireguardPublicKey: jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXg
`,
    right: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 172.18.0.3/16
status:
  wireguardPublicKey: jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXgY=
`,
  },
  CAL0052: {
    why: 'The ID is compared with the one that the container runtime tells when it starts or removes the container, and that has letters, digits and dashes only. The prefix that `kubectl` shows does not belong to it.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--0-eth0
  namespace: shop
spec:
  orchestrator: k8s
  node: worker-1
  pod: web-0
  endpoint: eth0
  interfaceName: cali0ef24ba
  ipNetworks: [10.65.0.30/32]
  containerID: containerd://8f0b6a1c
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--0-eth0
  namespace: shop
spec:
  orchestrator: k8s
  node: worker-1
  pod: web-0
  endpoint: eth0
  interfaceName: cali0ef24ba
  ipNetworks: [10.65.0.30/32]
  containerID: 8f0b6a1c
`,
  },
  CAL0053: {
    why: 'Rules of policies name ports by it, and there only names of services can be written. No rule would ever match such a port.',
    wrong: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
spec:
  node: worker-1
  interfaceName: eth0
  expectedIPs: [172.18.0.3]
  ports:
    - name: Node_Metrics
      protocol: TCP
      port: 9100
`,
    right: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
spec:
  node: worker-1
  interfaceName: eth0
  expectedIPs: [172.18.0.3]
  ports:
    - name: node-metrics
      protocol: TCP
      port: 9100
`,
  },
  CAL0054: {
    why: 'No object can have such a name, so the reference leads nowhere and the setting applies to nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  node: Worker_1
  peerIP: 192.0.2.1
  asNumber: 64512
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata:
  name: rack-1-tor
spec:
  node: worker-1
  peerIP: 192.0.2.1
  asNumber: 64512
`,
  },
  CAL0055: {
    why: 'BIRD compares and sets communities as numbers. A name, or a number that does not fit, makes its configuration invalid.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: from-upstream
spec:
  importV4:
    - action: Accept
      communities:
        values: ["64512:no-export"]
`,
    right: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: from-upstream
spec:
  importV4:
    - action: Accept
      communities:
        values: ["64512:100"]
`,
  },
};
