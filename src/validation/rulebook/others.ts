import type { Explanation } from '../rule.ts';

/** Explanations of rules about all other kinds (CAL1060, CAL13xx, CAL158x, CAL166x). */
export const OTHERS: Readonly<Record<string, Explanation>> = {
  CAL1060: {
    why: 'A node takes part in BGP where `bgp` is there, and does not where it is absent. An empty one would ask for BGP without an address that sessions could come from.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp: {}
`,
    right: `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: worker-1
spec:
  bgp:
    ipv4Address: 192.168.1.11/24
`,
  },
  CAL1300: {
    why: 'Every endpoint with the profile gets these labels beside its own, so they have the form that labels have everywhere: other tools could not read any other, and selectors cannot name most other keys.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Profile
metadata:
  name: team-blue
spec:
  labelsToApply:
    team: blue & green
`,
    right: `apiVersion: projectcalico.org/v3
kind: Profile
metadata:
  name: team-blue
spec:
  labelsToApply:
    team: blue-green
`,
  },
  CAL1320: {
    why: 'Policies of Kubernetes are put into these tiers, and their meaning depends on where the tiers stand and on what they do at their end. With another order or action the same policies would let other traffic through.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Tier
metadata:
  name: default
spec:
  order: 100
  defaultAction: Deny
`,
    right: `apiVersion: projectcalico.org/v3
kind: Tier
metadata:
  name: default
spec:
  order: 1000000
  defaultAction: Deny
`,
  },
  CAL1321: {
    why: 'Policies carry their tier as a label, which has at most 63 characters, and may have it before a dot in their name. With a dot in the name of the tier nobody could tell where it ends.',
    wrong: `apiVersion: projectcalico.org/v3
kind: Tier
metadata:
  name: platform.security
spec:
  order: 100
  defaultAction: Pass
`,
    right: `apiVersion: projectcalico.org/v3
kind: Tier
metadata:
  name: platform-security
spec:
  order: 100
  defaultAction: Pass
`,
  },
  CAL1340: {
    why: 'Calico gives sets of a namespace this label, so that rules for a namespace find them. A set that says so of itself could slip into the rules of a namespace that it is not in.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: partners
  namespace: shop
  labels:
    role: partner
    projectcalico.org/namespace: billing
spec:
  nets:
  - 203.0.113.0/24
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: partners
  namespace: shop
  labels:
    role: partner
spec:
  nets:
  - 203.0.113.0/24
`,
  },
  CAL1360: {
    why: 'Felix on each node looks for the host endpoints of its own node. One that names none belongs to nobody, and its policies would protect nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
  labels:
    role: worker
spec:
  interfaceName: eth0
`,
    right: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
  labels:
    role: worker
spec:
  node: worker-1
  interfaceName: eth0
`,
  },
  CAL1361: {
    why: 'Felix finds the interface by its name or by an address that it has. With neither there is no interface that policies could be applied to.',
    wrong: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
  labels:
    role: worker
spec:
  node: worker-1
`,
    right: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
  labels:
    role: worker
spec:
  node: worker-1
  expectedIPs:
  - 192.168.1.11
`,
  },
  CAL1362: {
    why: 'Only TCP, UDP and SCTP have port numbers in their packets. A named port of any other protocol could match no packet, and rules that use the name would do nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
  labels:
    role: worker
spec:
  node: worker-1
  interfaceName: eth0
  ports:
  - name: ping
    protocol: ICMP
    port: 8
`,
    right: `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata:
  name: worker-1-eth0
  labels:
    role: worker
spec:
  node: worker-1
  interfaceName: eth0
  ports:
  - name: ping
    protocol: TCP
    port: 8080
`,
  },
  CAL1380: {
    why: 'Components find an endpoint by the name that its node, orchestrator, workload and interface make up. Under any other name the one they look for would be missing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: web-1
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
`,
  },
  CAL1381: {
    why: 'Felix programs routes and policy of a workload at its interface on the node. Without the name of that interface the workload would have neither.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  ipNetworks:
  - 10.48.3.7/32
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
`,
  },
  CAL1382: {
    why: 'Each entry becomes the route to one workload. A wider network would draw the traffic of its neighbours to this workload.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.0/26
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
`,
  },
  CAL1383: {
    why: 'Packets to the external address are sent on to the internal one, at this workload. If that is the address of another workload, or of the other IP version, they would never arrive.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  ipNATs:
  - internalIP: 10.48.3.70
    externalIP: 192.168.20.5
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  ipNATs:
  - internalIP: 10.48.3.7
    externalIP: 192.168.20.5
`,
  },
  CAL1384: {
    why: 'A port of a workload is there to be used by its name in rules, or to be reached at a port of the node. With neither, or of a protocol without ports, it would do nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  ports:
  - protocol: TCP
    port: 8080
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  ports:
  - name: http
    protocol: TCP
    port: 8080
`,
  },
  CAL1385: {
    why: 'Rules of policies name ports in this form only: at most 15 lower-case letters, digits and inner dashes, with a letter among them. A port of another name could not be meant by any rule.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  ports:
  - name: HTTP_admin
    protocol: TCP
    port: 8080
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  ports:
  - name: http-admin
    protocol: TCP
    port: 8080
`,
  },
  CAL1386: {
    why: 'The mark has six bits in the header of a packet, so there are 64 values, some of which have names. Anything else could not be written there, and packets would go unmarked.',
    wrong: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  qosControls:
    dscp: 64
`,
    right: `apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata:
  name: worker--1-k8s-web--1-eth0
  namespace: shop
spec:
  node: worker-1
  orchestrator: k8s
  pod: web-1
  endpoint: eth0
  interfaceName: cali0123456789a
  ipNetworks:
  - 10.48.3.7/32
  qosControls:
    dscp: EF
`,
  },
  CAL1580: {
    why: 'The names of the host endpoints are made of those of the node and the template, so two templates of one name would each overwrite what the other made. One that chooses no interface would make endpoints that match nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata:
  name: default
spec:
  controllers:
    node:
      hostEndpoint:
        autoCreate: Enabled
        templates:
        - generateName: storage
          nodeSelector: storage == "true"
`,
    right: `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata:
  name: default
spec:
  controllers:
    node:
      hostEndpoint:
        autoCreate: Enabled
        templates:
        - generateName: storage
          nodeSelector: storage == "true"
          interfaceCIDRs:
          - 192.168.40.0/24
`,
  },
  CAL1581: {
    why: 'The host endpoints made from the template carry these labels and annotations. If they were not valid, no endpoint could be written and the nodes would stay without.',
    wrong: `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata:
  name: default
spec:
  controllers:
    node:
      hostEndpoint:
        autoCreate: Enabled
        templates:
        - generateName: storage
          interfaceCIDRs:
          - 192.168.40.0/24
          labels:
            network: storage (fast)
`,
    right: `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata:
  name: default
spec:
  controllers:
    node:
      hostEndpoint:
        autoCreate: Enabled
        templates:
        - generateName: storage
          interfaceCIDRs:
          - 192.168.40.0/24
          labels:
            network: storage-fast
`,
  },
  CAL1660: {
    why: 'The agent of the named node answers, with the classes asked for, as often as it is told. Where one of the three is missing nobody would answer, and the status would stay empty.',
    wrong: `apiVersion: projectcalico.org/v3
kind: CalicoNodeStatus
metadata:
  name: worker-1
spec:
  node: worker-1
  classes:
  - BGP
`,
    right: `apiVersion: projectcalico.org/v3
kind: CalicoNodeStatus
metadata:
  name: worker-1
spec:
  node: worker-1
  classes:
  - BGP
  updatePeriodSeconds: 60
`,
  },
  CAL1661: {
    why: 'The list is a set: API servers refuse an entry that is there twice, and a second one would change nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: CalicoNodeStatus
metadata:
  name: worker-1
spec:
  node: worker-1
  classes:
  - BGP
  - Routes
  - BGP
  updatePeriodSeconds: 60
`,
    right: `apiVersion: projectcalico.org/v3
kind: CalicoNodeStatus
metadata:
  name: worker-1
spec:
  node: worker-1
  classes:
  - BGP
  - Routes
  updatePeriodSeconds: 60
`,
  },
};
