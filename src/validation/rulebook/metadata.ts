import type { Explanation } from '../rule.ts';

/** Explanations of rules about names, namespaces, labels and annotations (CAL0060 to CAL0069). */
export const METADATA: Readonly<Record<string, Explanation>> = {
  CAL0060: {
    why: 'A resource is found again by its name. Without one it could be neither stored nor changed later.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  namespace: shop
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0061: {
    why: 'Names become part of paths in etcd and of addresses of the Kubernetes API, which take DNS names only. Upper-case letters and underscores are what is wrong most often.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: Office_Berlin
  namespace: shop
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office-berlin
  namespace: shop
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0062: {
    why: 'Kubernetes refuses a label whose key it cannot tell apart into prefix and name, and most such keys cannot be written in a selector either.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  labels:
    site location: berlin
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  labels:
    site-location: berlin
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0063: {
    why: 'Kubernetes takes only short values of letters, digits and "-_." in labels. Free text belongs into an annotation, which selectors do not look at.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  labels:
    owner: Network Team (Berlin)
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  labels:
    owner: network-team
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0064: {
    why: 'Keys of annotations have the form of label keys, so that programs can keep theirs apart by a prefix. Kubernetes refuses any other.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  annotations:
    example.com/contact/mail: noc@example.com
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  annotations:
    example.com/contact-mail: noc@example.com
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0065: {
    why: 'Annotations travel with every reading of the object, and Kubernetes stores no more than 256 KiB of them. Attach documents by a link instead.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  annotations:
    example.com/site-plan: ${'iVBORw0KGgo'.repeat(24_000)}
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  annotations:
    example.com/site-plan: https://plans.example.com/office.png
spec:
  nets: [192.0.2.0/24]
`,
  },
  CAL0066: {
    why: 'Objects of this kind are for the whole cluster and are stored without a namespace. Whoever gives one likely means something for that namespace only, which is another kind: NetworkPolicy in place of GlobalNetworkPolicy, for example.',
    wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: allow-dns
  namespace: shop
spec:
  selector: app == 'web'
  egress:
    - action: Allow
      protocol: UDP
      destination:
        ports: [53]
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
      protocol: UDP
      destination:
        ports: [53]
`,
  },
  CAL0067: {
    why: 'Two places name different namespaces, and only one of them can be meant. Neither wins over the other, so that no policy ends up where nobody expects it.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop-staging
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
    command: { wrong: 'validate -f manifest.yaml -n shop', right: 'validate -f manifest.yaml -n shop' },
  },
  CAL0068: {
    why: 'The components of Calico read the one object of this name. Another would be stored, and its settings would never take effect.',
    wrong: `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata:
  name: production
spec:
  controllers:
    node:
      leakGracePeriod: 20m
`,
    right: `apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata:
  name: default
spec:
  controllers:
    node:
      leakGracePeriod: 20m
`,
  },
  CAL0069: {
    why: 'A resourceVersion says which stored object is meant to be overwritten, and an object that is yet to be created has none. It mostly comes along when a manifest is exported from another cluster.',
    wrong: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
  resourceVersion: "48211"
spec:
  nets: [192.0.2.0/24]
`,
    right: `apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata:
  name: office
  namespace: shop
spec:
  nets: [192.0.2.0/24]
`,
  },
};
