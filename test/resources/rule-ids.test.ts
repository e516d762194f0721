import { expect, test } from 'bun:test';
import { formatPath } from '../../src/core/errors.ts';
import { FORMATS } from '../../src/resources/formats.ts';
import { readForm } from '../../src/resources/forms.ts';
import { allKinds } from '../../src/resources/registry.ts';
import { FORMS, structureRules } from '../../src/resources/structure.ts';
import { Examination } from '../../src/validation/examination.ts';
import { examineFiles } from '../../src/validation/files.ts';
import { ioWith } from '../input/support.ts';

async function findingsOf(text: string, files = ['-'], namespace?: string) {
  const namespaces = namespace === undefined ? {} : { namespace };
  const examination = new Examination({ namespaces, across: [], lint: [] });
  await examineFiles(examination, { files, recursive: false, skipEmpty: false, io: ioWith(text) });
  return examination.finish().findings;
}

async function idsOf(text: string, files?: string[], namespace?: string): Promise<string[]> {
  return (await findingsOf(text, files, namespace)).map(({ rule }) => rule);
}

/** A manifest of a kind with this spec, in flow style. */
function manifest(kind: string, spec: string, metadata = '{name: x}'): string {
  return `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: ${metadata}, spec: ${spec}}`;
}

const pool = (spec: string) => manifest('IPPool', `{cidr: 10.0.0.0/16, ${spec}}`);
const rule = (fields: string) =>
  manifest('GlobalNetworkPolicy', `{types: [Ingress], ingress: [{action: Allow, ${fields}}]}`);
const felix = (spec: string) => manifest('FelixConfiguration', `{${spec}}`);
const peer = (spec: string) => manifest('BGPPeer', `{${spec}}`);
const named = (metadata: string) => manifest('GlobalNetworkSet', '{}', metadata);

/** Documents with one fault each. */
const CORPUS: readonly [id: string, text: string][] = [
  ['CAL0002', 'a: [b'],
  ['CAL0002', '{"a": 1'],
  ['CAL0002', 'a: *b'],
  ['CAL0002', 'a: .inf'],
  ['CAL0002', '? [a]\n: b'],
  ['CAL0003', 'a: 1\na: 2'],
  ['CAL0003', '{"a": 1, "a": 2}'],
  ['CAL0004', '5'],
  ['CAL0004', '{metadata: {name: x}}'],
  ['CAL0005', '{apiVersion: projectcalico.org/v3, kind: Pool}'],
  ['CAL0005', '{apiVersion: crd.projectcalico.org/v1, kind: IPPool}'],
  ['CAL0006', '{apiVersion: projectcalico.org/v3, kind: KubernetesNetworkPolicy, metadata: {name: x}}'],
  ['CAL0007', '{apiVersion: projectcalico.org/v3, kind: IPPoolList, items: [{kind: Tier}]}'],
  ['CAL0007', '{apiVersion: projectcalico.org/v3, kind: IPPoolList, items: [5]}'],
  ['CAL0008', ''],
  ['CAL0008', '# nothing'],
  ['CAL0010', pool('natOutgoin: true')],
  ['CAL0011', pool('natOutgoing: true, NATOutgoing: true')],
  ['CAL0012', pool('natOutgoing: "yes"')],
  ['CAL0012', pool('blockSize: "26"')],
  ['CAL0012', pool('nodeSelector: {}')],
  ['CAL0012', manifest('IPPool', '[]')],
  ['CAL0012', '{apiVersion: v1, kind: List, items: {}}'],
  ['CAL0012', manifest('GlobalNetworkSet', '{nets: 10.0.0.0/8}')],
  ['CAL0014', felix('floatingIPs: enabled')],
  ['CAL0014', felix('bpfLogLevel: Loud')],
  ['CAL0014', manifest('IPPool', '{cidr: 10.0.0.0/16, vxlanMode: Sometimes}')],
  ['CAL0015', felix('wireguardListeningPort: 70000')],
  ['CAL0014', rule('ipVersion: 5')],
  ['CAL0017', manifest('BGPFilter', '{importV4: [{action: Accept, communities: {values: []}}]}')],
  ['CAL0018', felix('logPrefix: "a!b"')],
  ['CAL0020', rule('protocol: TCP, destination: {ports: ["9:8"]}')],
  ['CAL0020', rule('protocol: TCP, destination: {ports: ["A_B"]}')],
  ['CAL0021', rule('protocol: 256')],
  ['CAL0021', rule('protocol: IGMP')],
  ['CAL0022', peer('peerIP: 192.0.2.1, asNumber: 4294967296')],
  ['CAL0023', peer('peerIP: 192.0.2.1, asNumber: 1, maxRestartTime: 5')],
  ['CAL0023', felix('ipsetsRefreshInterval: 5')],
  ['CAL0023', felix('ipsetsRefreshInterval: 5us')],
  ['CAL0025', named('{name: x, creationTimestamp: 5}')],
  ['CAL0030', manifest('IPPool', '{cidr: 10.0.0.0}')],
  ['CAL1111', rule('source: {nets: [10.0.0.1/8]}')],
  ['CAL0040', peer('peerIP: host, asNumber: 1')],
  ['CAL0042', manifest('HostEndpoint', '{node: n, interfaceName: "a b"}')],
  ['CAL0049', pool('nodeSelector: a ==')],
  [
    'CAL0053',
    manifest('HostEndpoint', '{node: n, interfaceName: a, ports: [{name: A_B, protocol: TCP, port: 1}]}'),
  ],
  ['CAL0055', manifest('BGPFilter', '{importV4: [{action: Accept, communities: {values: ["5"]}}]}')],
  ['CAL0060', named('{}')],
  ['CAL0061', named('{name: A}')],
  ['CAL0061', named(`{name: ${'a'.repeat(254)}}`)],
  ['CAL0062', named('{name: x, labels: {a b: c}}')],
  ['CAL0063', named('{name: x, labels: {a: b c}}')],
  ['CAL0064', named('{name: x, annotations: {a b: c}}')],
  ['CAL0065', named(`{name: x, annotations: {a: ${'b'.repeat(262_144)}}}`)],
  ['CAL0066', named('{name: x, namespace: y}')],
  ['CAL1000', manifest('IPPool', '{cidr: 10.0.0.1/16}')],
];

test.each(CORPUS)('%s: %s', async (id, text) => {
  expect(await idsOf(text)).toEqual([id]);
});

test('what can be read is looked at beside what cannot', async () => {
  const text = manifest(
    'GlobalNetworkPolicy',
    `{oder: 5, selector: a ==, ingress: [{acton: Allow, protcol: TCP, source: {ports: [80, 80-90]}},
      {action: allow, protocol: [5], ipVersion: 4}]}`,
    '{name: A_b}',
  );
  const found = (await findingsOf(text)).map(({ rule, path }) => `${rule} ${formatPath(path)}`);
  // Neither the missing action nor the ports without a protocol: both may follow from the misspelt fields.
  expect(found.sort()).toEqual([
    'CAL0010 spec.ingress[0].acton',
    'CAL0010 spec.ingress[0].protcol',
    'CAL0010 spec.oder',
    'CAL0014 spec.ingress[1].action',
    'CAL0020 spec.ingress[0].source.ports[1]',
    'CAL0021 spec.ingress[1].protocol',
    'CAL0049 spec.selector',
    'CAL0061 metadata.name',
  ]);
});

test('a namespace other than the command names', async () => {
  expect(await idsOf(manifest('NetworkSet', '{}', '{name: x, namespace: y}'), ['-'], 'z')).toEqual([
    'CAL0067',
  ]);
});

test('a namespace for what is in none', async () => {
  expect(await idsOf(named('{name: x}'), ['-'], 'z')).toEqual(['CAL0066']);
});

test('bytes that are no text', async () => {
  const examination = new Examination({ namespaces: {}, across: [], lint: [] });
  const io = ioWith(new Uint8Array([97, 255, 97]));
  await examineFiles(examination, { files: ['-'], recursive: false, skipEmpty: false, io });
  expect(examination.finish().findings.map(({ rule }) => rule)).toEqual(['CAL0001']);
});

test('every format has a rule of its name', () => {
  expect(Object.keys(FORMATS).filter((name) => !Object.hasOwn(FORMS, name))).toEqual([]);
});

test('ids are unique, in the structure and among kinds', async () => {
  const ids = structureRules().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const docs = new Map(structureRules().map(({ id, doc }) => [id, doc]));
  for (const { load } of allKinds()) {
    const { rules, updateRules } = (await load()).default;
    for (const { id, doc } of [...rules, ...updateRules]) {
      expect(id).toMatch(/^CAL1[0-7]\d\d$/);
      expect(docs.get(id) ?? doc).toBe(doc);
      docs.set(id, doc);
    }
  }
});

test('a form that cannot be read tells its rule', () => {
  const wrong: readonly [Parameters<typeof readForm>[0], unknown, string][] = [
    ['port', true, 'CAL0020'],
    ['protocol', 256, 'CAL0021'],
    ['asn', -1, 'CAL0022'],
    ['duration', '5', 'CAL0023'],
    ['dscp', 256, 'CAL0024'],
    ['time', 'now', 'CAL0025'],
    ['int32', 2 ** 31, 'CAL0015'],
    ['int32', '1', 'CAL0012'],
    ['float', '1', 'CAL0012'],
    ['uint64', -1, 'CAL0012'],
  ];
  for (const [form, value, rule] of wrong) expect(readForm(form, value)).toMatchObject({ rule });
});
