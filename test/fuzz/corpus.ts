import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is mutated: one valid manifest of every kind, and texts that use YAML in unusual ways. */

const FIXTURES = join(import.meta.dirname, '../fixtures');

const head = (kind: string, name: string) =>
  `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

const UNUSUAL: readonly string[] = [
  `${head('GlobalNetworkPolicy', 'anchored')}spec:
  ingress:
  - &rule {action: Allow, protocol: TCP, destination: {ports: &ports [80, 443]}}
  - <<: *rule
    source: {ports: *ports}
  - <<: [*rule, {notProtocol: UDP}]
  egress: [*rule]
`,
  `"apiVersion": 'projectcalico.org/v3'
? kind
: GlobalNetworkSet
metadata:
  name: !!str tagged
  labels: {yes: "no", 0755: !!str 1, ~: !!null "", .inf: !!str x}
  annotations:
    folded: >-
      one
      two

    kept: |+
      three

spec: !!map
  nets: !!seq [!!str 10.0.0.0/8, !!binary MTAuMC4wLjAvOA==, !!float 1]
`,
  `{"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkSetList", "items": [
  {"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkSet", "metadata": {"name": "a"}, "spec": {"nets": ["10.0.0.0/8"]}},
  {"apiVersion": "projectcalico.org/v3", "kind": "NetworkSet", "metadata": {"name": "b"}}]}
`,
  `apiVersion: v1\nkind: List\nitems:\n- ${head('Tier', 'listed').trimEnd().replaceAll('\n', '\n  ')}\n`,
  `${head('NetworkSet', 'one')}---\n# only a comment\n---\n%YAML 1.1\n---\n${head('NetworkSet', 'two')}...\n---\n- ${head('IPReservation', 'three').trimEnd().replaceAll('\n', '\n  ')}\n`,
  `${head('GlobalNetworkSet', '{__proto__: 1, constructor: x}')}__proto__: {spec: {nets: [10.0.0.0/8]}}\n`,
  `${head('GlobalNetworkSet', 'proto')}spec: {__proto__: {nets: [1]}, constructor: {prototype: {polluted: yes}}, toString: 1, hasOwnProperty: 2}\n`,
  `${head('BGPPeer', 'numbers')}spec: {peerIP: 192.0.2.1, asNumber: 99999999999999999999999999999999, numAllowedLocalASNumbers: 1e400, keepOriginalNextHop: .nan, ttlSecurity: -0, reachableBy: 0x1F}\n`,
];

/** Texts that are tried as they are: each once did, or well might, exhaust a reader. */
export const EXTREMES: readonly string[] = [
  '[',
  '['.repeat(100_000),
  '{a: '.repeat(20_000),
  `${head('GlobalNetworkSet', 'deep')}spec: {nets: ${'['.repeat(5_000)}${']'.repeat(5_000)}}\n`,
  `${head('GlobalNetworkSet', 'deeper')}spec: ${'{a: '.repeat(3_000)}1${'}'.repeat(3_000)}\n`,
  `${head('GlobalNetworkPolicy', 'brackets')}spec: {selector: "${'('.repeat(50_000)}all()${')'.repeat(50_000)}"}\n`,
  `${head('GlobalNetworkPolicy', 'negations')}spec: {selector: "${'!'.repeat(100_000)}all()"}\n`,
  `${head('GlobalNetworkPolicy', 'many')}spec: {selector: "${'a == "b" && '.repeat(5_000)}all()"}\n`.replace(
    /"(a.*)"\}/s,
    "'$1'}",
  ),
  `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefghijk'
    .split('')
    .map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefghijk'[i]}`).join(', ')}]\n`)
    .join('')}`,
  `a: &a {b: *a}\n`,
  `a: &a\n  <<: *a\n`,
  `${head('GlobalNetworkSet', 'x'.repeat(100_000))}`,
  `${head('GlobalNetworkSet', 'keys')}spec: {${Array.from({ length: 5_000 }, (_, i) => `k${i}: ${i}`).join(', ')}}\n`,
  `${head('GlobalNetworkSet', 'doubled')}spec: {nets: []}\nspec: {nets: []}\n`,
  `${head('FelixConfiguration', 'default')}spec: {mtuIfacePattern: "${'(a+)+'.repeat(50)}$", iptablesRefreshInterval: ${'9'.repeat(400)}s}\n`,
  `${head('FelixConfiguration', 'default')}spec: {natPortRange: "${'1:'.repeat(10_000)}", routeTableRanges: [{min: 1e308, max: -1e308}]}\n`,
  `${head('IPPool', 'v6')}spec: {cidr: "${':'.repeat(1_000)}/${'1'.repeat(1_000)}"}\n`,
  '\u0000',
  '\ufeff',
  '\ufeff---\n',
  '\r\r\r\n',
  '---\n'.repeat(20_000),
  '- '.repeat(20_000),
  '? '.repeat(20_000),
  '"'.repeat(99_999),
  '%TAG ! tag:x,2000:\n--- !x {}\n',
  '!!js/function "function () {}"\n',
  'null\n---\ntrue\n---\n1\n---\n"text"\n---\n2001-01-01\n',
];

/** Every text that is mutated. */
export const CORPUS: readonly string[] = [
  ...readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readFileSync(join(FIXTURES, name), 'utf8')),
  ...UNUSUAL,
];
