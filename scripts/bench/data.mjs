/** What is measured with: generated manifests, always the same. */
import { closeSync, openSync, writeSync } from 'node:fs';

function policy(i) {
  return `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: policy-${i}
  labels:
    team: team-${i % 40}
spec:
  order: ${100 + (i % 900)}
  selector: app == 'service-${i % 500}' && environment in {'production', 'staging'}
  types:
  - Ingress
  - Egress
  ingress:
  - action: Allow
    protocol: TCP
    source:
      selector: role == 'frontend'
    destination:
      ports:
      - ${1024 + (i % 40000)}
      - 8080:8090
  - action: Deny
    source:
      nets:
      - 10.${i % 256}.0.0/16
  egress:
  - action: Allow
    protocol: UDP
    destination:
      ports:
      - 53
`;
}

function jsonPolicy(i) {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: `policy-${i}` },
    spec: {
      order: 100 + (i % 900),
      selector: `app == 'service-${i % 500}'`,
      types: ['Ingress', 'Egress'],
      ingress: [
        {
          action: 'Allow',
          protocol: 'TCP',
          source: { selector: "role == 'frontend'" },
          destination: { ports: [1024 + (i % 40000), '8080:8090'] },
        },
      ],
      egress: [{ action: 'Allow', protocol: 'UDP', destination: { ports: [53] } }],
    },
  };
}

function networkSet(i, nets) {
  let text = `apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata:
  name: set-${i}
spec:
  nets:
`;
  for (let n = 0; n < nets; n++) text += `  - 10.${(i + n) & 255}.${(n >> 8) & 255}.${n & 255}/32\n`;
  return text;
}

function writeDocuments(path, count, document) {
  const file = openSync(path, 'w');
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += writeSync(file, `${i === 0 ? '' : '---\n'}${document(i)}`);
  closeSync(file);
  return bytes;
}

/** A file of so many policies. Returns its size in bytes. */
export function writePolicies(path, count) {
  return writeDocuments(path, count, policy);
}

/** The same as JSON documents on a line each, which YAML takes too. Returns its size in bytes. */
export function writeJsonPolicies(path, count) {
  return writeDocuments(path, count, (i) => `${JSON.stringify(jsonPolicy(i))}\n`);
}

/** A file of so many network sets of 700 nets each, about 11 kB. Returns its size in bytes. */
export function writeNetworkSets(path, count) {
  return writeDocuments(path, count, (i) => networkSet(i, 700));
}

export const ONE_POLICY = policy(1);

export const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pool-main
spec:
  cidr: 192.168.0.0/16
  ipipMode: Always
  natOutgoing: true
`;
