import type { Explanation } from '../rule.ts';

/** Explanations of rules about what the reader, the decoder and the keywords of schemas ask (CAL0001 to CAL0018). */
export const READING_AND_KEYWORDS: Readonly<Record<string, Explanation>> = {
  CAL0001: {
    why: 'A file that cannot be read is most often a mistyped name or a missing checkout. To pass over it would report manifests as valid that nobody has looked at.',
    wrong: '',
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [192.0.2.0/24]
`,
    command: { wrong: 'validate -f manfest.yaml', right: 'validate -f manifest.yaml' },
  },
  CAL0002: {
    why: 'A document that is neither YAML nor JSON has no fields, so nothing else can be said about it and nothing of it can be written. Tabs as indentation and brackets that are not closed are the usual causes.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [192.0.2.0/24, 198.51.100.0/24
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [192.0.2.0/24, 198.51.100.0/24]
`,
  },
  CAL0003: {
    why: 'Of two equal keys a parser would keep one and drop the other without a word. In a policy that can lose every rule written under the first of them.',
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
        ports: [80]
  ingress:
    - action: Allow
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
      protocol: TCP
      destination:
        ports: [80, 443]
`,
  },
  CAL0004: {
    why: 'Only an object with a kind says what it is. Values files, patches and kustomizations that lie in the same folder look like manifests but cannot be applied.',
    wrong: `namespace: shop
policies:
  - allow-web
  - allow-dns
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
  CAL0005: {
    why: 'Fields and rules are those of a kind in a version of the API. Of an unknown one nothing can be checked, and no datastore has a place for it.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicies
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
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
  CAL0006: {
    why: 'These kinds are a view of objects that belong to Kubernetes. A copy written by Calico would be nothing that Kubernetes knows of, so the original has to be written with kubectl.',
    wrong: `apiVersion: projectcalico.org/v3
kind: KubernetesNetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
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
  CAL0007: {
    why: 'A typed list says once what all its items are. An item of another kind would be read with the wrong fields, or be written to the wrong place.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSetList
items:
  - kind: GlobalNetworkSet
    metadata:
      name: office
    spec:
      nets: [192.0.2.0/24]
`,
    right: `apiVersion: v1
kind: List
items:
  - apiVersion: projectcalico.org/v3
    kind: GlobalNetworkSet
    metadata:
      name: office
    spec:
      nets: [192.0.2.0/24]
`,
  },
  CAL0008: {
    why: 'A file without any resource is mostly a template that came out empty. If it counted as valid, a pipeline would go on and apply nothing. With --skip-empty such files are passed over.',
    wrong: `# Policies of the shop: moved to policies/
`,
    right: `# Policies of the shop
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  types: [Ingress]
`,
  },
  CAL0009: {
    why: 'An entry that another tool or a hand has spoilt is passed over by every component of Calico, as if it did not exist. It cannot be replaced either, since nothing is known of what would be lost: it has to be repaired or removed where it is stored.',
    stored: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata:
  name: office
spec:
  nets: 192.0.2.0/24
`,
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata:
  name: office
spec:
  nets:
    - 192.0.2.0/24
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets:
    - 192.0.2.0/24
`,
    command: {
      wrong: 'validate --live -f manifest.yaml',
      right: 'validate --live -f manifest.yaml',
    },
  },
  CAL0010: {
    why: 'A field that does not exist has no effect, and what its author meant does not happen. A rule with its source misspelled, for example, would let everybody in.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-frontend
  namespace: shop
spec:
  selector: app == 'backend'
  ingress:
    - action: Allow
      from:
        selector: app == 'frontend'
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-frontend
  namespace: shop
spec:
  selector: app == 'backend'
  ingress:
    - action: Allow
      source:
        selector: app == 'frontend'
`,
  },
  CAL0011: {
    why: 'calicoctl reads names of fields in any letter case, so two spellings are one field. Which of the two values counts would depend on their order.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.244.0.0/16
  natOutgoing: true
  NATOutgoing: false
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.244.0.0/16
  natOutgoing: true
`,
  },
  CAL0012: {
    why: 'The components of Calico decode what is stored into typed fields. A text where true or false belongs makes the whole object unreadable for them.',
    wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.244.0.0/16
  natOutgoing: "yes"
`,
    right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.244.0.0/16
  natOutgoing: true
`,
  },
  CAL0013: {
    why: 'Without this field the object does not say what is to be done, and there is no value that would be safe to assume.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - protocol: TCP
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
  CAL0014: {
    why: 'The components of Calico know these words only. With any other they would refuse the object or ignore the setting.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  selector: app == 'web'
  ingress:
    - action: Permit
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
      protocol: TCP
      destination:
        ports: [443]
`,
  },
  CAL0015: {
    why: 'Beyond these bounds the number does not fit where it ends up: in a packet, in the kernel or in a table of routes. Calico refuses it rather than cut it off.',
    wrong: `apiVersion: projectcalico.org/v3
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
        type: 800
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
  CAL0016: {
    why: 'Objects are kept in memory on every node, so their texts are bounded. A selector that lists many names is better written over a label that all of them carry.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-services
  namespace: shop
spec:
  selector: app == 'database'
  ingress:
    - action: Allow
      source:
        selector: app in {${Array.from({ length: 90 }, (_, index) => `'service-${index + 1}'`).join(', ')}}
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-services
  namespace: shop
spec:
  selector: app == 'database'
  ingress:
    - action: Allow
      source:
        selector: uses-database == 'true'
`,
  },
  CAL0017: {
    why: 'The field takes a certain number of items: fewer say nothing, more have no meaning together. The API server refuses both.',
    wrong: `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata:
  name: from-upstream
spec:
  importV4:
    - action: Accept
      communities:
        values: ["64512:100", "64512:200"]
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
    - action: Accept
      communities:
        values: ["64512:200"]
`,
  },
  CAL0018: {
    why: 'The component that reads the field understands this form only. With anything else it would fall back to its own default or not start.',
    wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  featureDetectOverride: SNATFullyRandom=yes
`,
    right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  featureDetectOverride: SNATFullyRandom=true
`,
  },
};
