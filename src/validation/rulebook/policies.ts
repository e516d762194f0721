import type { Explanation } from '../rule.ts';

/** Explanations of rules about policies and their rules (CAL11xx). */
export const POLICIES: Readonly<Record<string, Explanation>> = {
  CAL1100: {
    why: 'A dot in the name of a policy parts the name of a tier, which has no dots, from the rest. With two dots nobody can tell where the tier ends, so Calico refuses the name. `spec.tier` alone says which tier the policy is in.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: security.dns.allow
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      protocol: UDP
      destination:
        ports: [53]
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: allow-dns
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      protocol: UDP
      destination:
        ports: [53]
`,
  },
  CAL1101: {
    why: 'A dot in the name of a policy parts the name of a tier from the rest. More dots are only in the names of policies that Calico makes of those of Kubernetes and OpenStack (`knp.default.`, `ossg.default.`), so others could be taken for them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: shop.web.deny
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: deny-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress]
`,
  },
  CAL1110: {
    why: 'Only TCP, UDP and SCTP carry ports. A number without a protocol could be meant for any of them, and Felix would have to guess.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      destination:
        ports: [443]
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
        ports: [443]
`,
  },
  CAL1111: {
    why: 'Rules match networks as the kernel holds them, without host bits. From a CIDR that has some nobody can tell whether the one address or its whole network was meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.17/24]
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
      source:
        nets: [192.0.2.0/24]
`,
  },
  CAL1112: {
    why: 'A packet is either IPv4 or IPv6, and Felix writes each rule into the tables of one of them. A rule about networks of both would match nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24, "2001:db8:2::/64"]
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
      source:
        nets: [192.0.2.0/24]
    - action: Allow
      source:
        nets: ["2001:db8:2::/64"]
`,
  },
  CAL1113: {
    why: 'The rule is for packets of one IP version, and none of them has an address of the other. So it would never match.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      ipVersion: 4
      source:
        nets: ["2001:db8:2::/64"]
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
      ipVersion: 6
      source:
        nets: ["2001:db8:2::/64"]
`,
  },
  CAL1114: {
    why: 'With every address excluded none is left, and the rule never matches. What was meant is mostly a part of the network.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: crawler-egress
  namespace: shop
spec:
  selector: app == 'crawler'
  egress:
    - action: Allow
      destination:
        notNets: [0.0.0.0/0]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: crawler-egress
  namespace: shop
spec:
  selector: app == 'crawler'
  egress:
    - action: Allow
      destination:
        notNets: [10.0.0.0/8]
`,
  },
  CAL1115: {
    why: 'global() stands for what is in no namespace, so there is nothing that it could be combined with. Felix takes it as a word of its own, not as part of an expression.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      source:
        selector: role == 'monitoring'
        namespaceSelector: global() || team == 'ops'
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
      source:
        selector: role == 'monitoring'
        namespaceSelector: global()
    - action: Allow
      source:
        selector: role == 'monitoring'
        namespaceSelector: team == 'ops'
`,
  },
  CAL1116: {
    why: 'A method that stands there twice says nothing more than once. Most often another one was meant, and requests with that are refused.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      http:
        methods: [GET, GET]
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
      http:
        methods: [GET, HEAD]
`,
  },
  CAL1117: {
    why: 'The proxy compares paths without their query. With two conditions, none, or a text that no path begins with, it could not tell which requests are meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      http:
        methods: [GET]
        paths:
          - prefix: "api/orders?state=open"
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
      http:
        methods: [GET]
        paths:
          - prefix: /api/orders
`,
  },
  CAL1118: {
    why: 'Annotations of a rule have the form of those of objects, and Felix writes them as comments to the rules of the kernel. API servers do not look at them, so Calico does before it writes the policy.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      metadata:
        annotations:
          change request: NET-4711
      protocol: TCP
      destination:
        ports: [443]
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
      metadata:
        annotations:
          change-request: NET-4711
      protocol: TCP
      destination:
        ports: [443]
`,
  },
  CAL1130: {
    why: 'In an ingress rule the destination is the workload itself, and in an egress rule the source is. Only the other end of the traffic can be a service.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      source:
        services:
          name: orders
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        services:
          name: orders
`,
  },
  CAL1131: {
    why: 'Services are in namespaces, and a global policy is in none from which one could be assumed. Without it the rule would match nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: cluster-dns
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        services:
          name: kube-dns
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: cluster-dns
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        services:
          name: kube-dns
          namespace: kube-system
`,
  },
  CAL1132: {
    why: 'A namespace alone does not say which of its services is meant, and Felix has no way to mean all of them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-dns
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        services:
          namespace: kube-system
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-dns
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        services:
          namespace: kube-system
          name: kube-dns
`,
  },
  CAL1133: {
    why: 'The endpoints of a service are known by their addresses already. A further condition beside them would have to hold too, which Felix does not offer.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        selector: app == 'orders'
        services:
          name: orders
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      destination:
        services:
          name: orders
`,
  },
  CAL1134: {
    why: 'The ports of a service come from its endpoints. A second list could contradict them, and then the rule would match nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      protocol: TCP
      destination:
        services:
          name: orders
        ports: [8080]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      protocol: TCP
      destination:
        services:
          name: orders
`,
  },
  CAL1135: {
    why: 'Selectors of endpoints look at labels, and global() is about namespaces. Among labels it holds of everything, so the rule would also match endpoints in namespaces, which its author means to leave out.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      source:
        selector: role == 'monitoring' && global()
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
      source:
        selector: role == 'monitoring'
        namespaceSelector: global()
`,
  },
  CAL1136: {
    why: 'Requests are looked at by the proxy beside the workload that receives them. For those that it sends there is nothing that could enforce the match.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      http:
        methods: [GET]
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
      http:
        methods: [GET]
`,
  },
  CAL1137: {
    why: 'HTTP runs over TCP. A rule for another protocol would never see a request.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: UDP
      http:
        methods: [GET]
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
      http:
        methods: [GET]
`,
  },
  CAL1138: {
    why: 'The connection has to be open before a request can be seen, so the match can only let requests through. All others are refused without a rule.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Deny
      http:
        methods: [DELETE]
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
      http:
        methods: [GET, HEAD, POST]
`,
  },
  CAL1139: {
    why: 'Only packets of ICMP have a type and a code. Without the protocol Felix could not read those bytes, and for TCP they mean something else.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-ping
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      icmp:
        type: 8
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-ping
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: ICMP
      icmp:
        type: 8
`,
  },
  CAL1140: {
    why: 'ICMP is a protocol of IPv4, and IPv6 has ICMPv6 instead. A rule about one with the version of the other never matches.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-ping
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      ipVersion: 6
      protocol: ICMP
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-ping
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      ipVersion: 6
      protocol: ICMPv6
`,
  },
  CAL1141: {
    why: 'Codes are numbered within a type: code 4 of "unreachable" has nothing to do with code 4 of another type. Alone it says nothing.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-mtu-discovery
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: ICMP
      icmp:
        code: 4
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-mtu-discovery
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Allow
      protocol: ICMP
      icmp:
        type: 3
        code: 4
`,
  },
  CAL1150: {
    why: 'A direction that stands there twice means nothing more. Most often the other one was meant, and traffic in that direction goes unchecked.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: deny-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress, Ingress]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: deny-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress, Egress]
`,
  },
  CAL1151: {
    why: 'A hint that stands there twice means nothing more than once, and the API server keeps these as a set.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: deny-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress]
  performanceHints: [AssumeNeededOnEveryNode, AssumeNeededOnEveryNode]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: deny-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress]
  performanceHints: [AssumeNeededOnEveryNode]
`,
  },
  CAL1152: {
    why: 'global() tells rules to look outside of namespaces. In the selector of a policy it holds of everything, so the policy would also be for endpoints in namespaces, which its author means to leave out.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-ssh
spec:
  selector: role == 'gateway' && global()
  ingress:
    - action: Allow
      protocol: TCP
      destination:
        ports: [22]
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-ssh
spec:
  selector: role == 'gateway'
  ingress:
    - action: Allow
      protocol: TCP
      destination:
        ports: [22]
`,
  },
  CAL1160: {
    why: 'Packets that are not tracked are never rewritten. So a policy is enforced at one of the two places, and Felix cannot know which was meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  doNotTrack: true
  preDNAT: true
  applyOnForward: true
  types: [Ingress]
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  applyOnForward: true
  types: [Ingress]
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
  },
  CAL1161: {
    why: 'At that point it is not yet known whether a packet is for the host or only passes through, so the policy applies to both. The field has to say so.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  types: [Ingress]
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  applyOnForward: true
  types: [Ingress]
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
  },
  CAL1162: {
    why: 'Destinations are rewritten when a packet comes in. Packets that go out pass no such place, so the rules would never be looked at.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  applyOnForward: true
  egress:
    - action: Allow
      destination:
        nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  applyOnForward: true
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
  },
  CAL1163: {
    why: 'Destinations are rewritten when a packet comes in. Packets that go out pass no such place, so the policy cannot be about them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  applyOnForward: true
  types: [Ingress, Egress]
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: gateway-before-nat
spec:
  selector: role == 'gateway'
  order: 10
  preDNAT: true
  applyOnForward: true
  types: [Ingress]
  ingress:
    - action: Allow
      source:
        nets: [192.0.2.0/24]
`,
  },
  CAL1170: {
    why: 'With the action Delete the policy only shows what would happen without the one of its name. Whatever else it says would be ignored, so the action Set was likely meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata:
  name: allow-legacy
  namespace: shop
spec:
  stagedAction: Delete
  selector: app == 'legacy'
`,
    right: `apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata:
  name: allow-legacy
  namespace: shop
spec:
  stagedAction: Delete
`,
  },
  CAL1180: {
    why: 'With the action Delete the policy only shows what would happen without the one of its name. Whatever else it says would be ignored, so the action Set was likely meant.',
    wrong: `apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata:
  name: allow-legacy
  namespace: shop
spec:
  stagedAction: Delete
  podSelector:
    matchLabels:
      app: legacy
`,
    right: `apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata:
  name: allow-legacy
  namespace: shop
spec:
  stagedAction: Delete
`,
  },
};
