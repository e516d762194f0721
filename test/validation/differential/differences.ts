import { isObject } from '../../../src/core/json.ts';
import { crdSchema } from '../../../src/resources/crd.ts';
import { API_VERSION, type Kind } from '../../../src/resources/kind.ts';
import type { Objection } from './verdicts.ts';

/**
 * Where `validate` and an API server are known to judge differently. Each stands with its reason in docs/differences.md,
 * under the same id. What calicoctl refuses alone is known by its rule, what the API server refuses alone by a name.
 */
export interface Difference {
  readonly id: string;
  /** Whether this is why there is an objection of the stricter side that the other one has not. */
  readonly explains: (objection: Objection, kind: Kind) => boolean;
  /** Manifests that are judged differently for this reason; those of rules have one among the rule's explanations too. */
  readonly examples: readonly unknown[];
}

function manifest(kind: string, spec: unknown, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { apiVersion: API_VERSION, kind, metadata: { name: 'default' }, spec, ...more };
}

type Node = Readonly<Record<string, unknown>>;

/** What the definition of a kind says of the field at a path; `{}` where it says nothing. */
function defined(kind: Kind, path: string): Node {
  let node = crdSchema(kind.spec) as Node;
  for (const step of path.replace(/^spec\.?/, '').split(/\.|(?=\[)/))
    node = (
      step.startsWith('[') ? (node['items'] ?? node['additionalProperties']) : stepInto(node, step)
    ) as Node;
  return node ?? {};
}

function stepInto(node: Node, step: string): unknown {
  if (step === '') return node;
  const { properties = {}, additionalProperties } = node ?? {};
  return (properties as Node)[step] ?? additionalProperties;
}

/** A rule whose examples in the explanations the API server accepts, wherever it is broken. */
function rule(id: string, explains: Difference['explains'] = () => true, ...examples: unknown[]): Difference {
  return { id, explains: (objection, kind) => objection.rule === id && explains(objection, kind), examples };
}

/** A rule of all kinds: the definition has none of its keywords for the field. */
function unwritten(id: string, keywords: readonly string[], ...examples: unknown[]): Difference {
  const silent = ({ path }: Objection, kind: Kind) => {
    const node = defined(kind, path);
    return keywords.every((keyword) => node[keyword] === undefined);
  };
  return rule(id, silent, ...examples);
}

const policy = (rule: unknown) => manifest('GlobalNetworkPolicy', { ingress: [rule] });

const STRUCTURE: readonly Difference[] = [
  rule(
    'CAL0012',
    ({ path, value }, kind) =>
      path === 'status' || (Array.isArray(value) && defined(kind, path)['format'] === 'cidr'),
    manifest('IPPool', { cidr: '10.0.0.0/16' }, { status: 7 }),
    manifest('IPReservation', { reservedCIDRs: [[]] }),
  ),
  unwritten(
    'CAL0013',
    ['required', 'enum', 'minLength'],
    manifest('HostEndpoint', {
      node: 'worker-1',
      interfaceName: 'eth0',
      ports: [{ name: '', protocol: 'TCP', port: 80 }],
    }),
  ),
  unwritten(
    'CAL0014',
    ['enum', 'pattern'],
    manifest('KubeControllersConfiguration', {
      controllers: { node: { hostEndpoint: { createDefaultHostEndpoint: 'enabled' } } },
    }),
  ),
  unwritten(
    'CAL0015',
    ['minimum', 'maximum'],
    manifest('FelixConfiguration', { ipv4NormalRoutePriority: 0 }),
    manifest('BGPPeer', { peerIP: '192.0.2.1', asNumber: 64512, ttlSecurity: 256 }),
  ),
  rule('CAL0020'),
  rule('CAL0021', undefined, policy({ action: 'Allow', protocol: '' })),
  rule('CAL0022'),
  rule('CAL0023', undefined, manifest('FelixConfiguration', { reportingInterval: '1500ms' })),
  rule('CAL0024'),
  rule(
    'CAL0030',
    ({ value }) => /(^|\.)0\d/.test(String(value)),
    manifest('IPReservation', { reservedCIDRs: ['010.0.0.0/8'] }),
  ),
];

/** Forms of texts, for which definitions have no words: `format` is known to API servers for CIDRs only. */
const FORMS = [
  ...['CAL0034', 'CAL0037', 'CAL0038', 'CAL0039', 'CAL0040', 'CAL0041', 'CAL0042', 'CAL0043', 'CAL0044'],
  ...['CAL0045', 'CAL0046', 'CAL0047', 'CAL0048', 'CAL0049', 'CAL0053', 'CAL0054'],
].map((id) => unwritten(id, ['enum', 'format']));

/** Rules of kinds that Calico's clients have, and its definitions have not. */
const KINDS = [
  ...['CAL0066', 'CAL1100', 'CAL1101', 'CAL1110', 'CAL1111', 'CAL1112', 'CAL1113', 'CAL1114', 'CAL1115'],
  ...['CAL1116', 'CAL1117', 'CAL1118', 'CAL1130', 'CAL1131', 'CAL1136', 'CAL1170', 'CAL1180', 'CAL1321'],
  ...['CAL1340', 'CAL1362', 'CAL1407', 'CAL1441', 'CAL1442', 'CAL1443', 'CAL1480', 'CAL1521', 'CAL1522'],
  ...['CAL1523', 'CAL1527', 'CAL1528', 'CAL1529', 'CAL1581', 'CAL1660'],
].map((id) => rule(id));

export const REFUSED_BY_CALICOCTL: readonly Difference[] = [
  ...STRUCTURE,
  ...FORMS.map((form) =>
    form.id === 'CAL0038'
      ? { ...form, examples: [manifest('BGPConfiguration', { localWorkloadPeeringIPV4: 'fd00::1' })] }
      : form,
  ),
  ...KINDS,
];

function says(id: string, pattern: RegExp, ...examples: unknown[]): Difference {
  return { id, explains: ({ message }) => pattern.test(message), examples };
}

/** The API server alone refuses: calicoctl reads the manifest as meant, and writes it as the API server wants it. */
export const REFUSED_AS_GIVEN: readonly Difference[] = [
  says('letter-case', /strict decoding error: unknown field "/, manifest('IPPool', { CIDR: '10.0.0.0/16' })),
  says(
    'text-from-values',
    /must be of type string: "(integer|number|boolean)"|cannot unmarshal (number|bool) into Go struct field ObjectMeta/,
    manifest('ClusterInformation', { calicoVersion: 3.32 }),
    manifest('GlobalNetworkSet', {}, { metadata: { name: 'a', labels: { zone: 7 } } }),
  ),
  says(
    'null-items',
    /must be of type (string|object|array|integer|boolean): "null"/,
    manifest('GlobalNetworkSet', { nets: [null] }),
  ),
  says(
    'empty-is-absent',
    /should have at least 1 (items|properties)|Unsupported value: "": |should be greater than or equal to 1$|of type cidr: ""$/,
    manifest('GlobalNetworkPolicy', { types: [] }),
    manifest('IPPool', { cidr: '10.0.0.0/16', vxlanMode: '' }),
    manifest('BGPConfiguration', { listenPort: 0 }),
  ),
  says(
    'absent-is-empty',
    /^Required value$/,
    manifest('GlobalNetworkSet', undefined),
    manifest('KubeControllersConfiguration', {}),
  ),
  says(
    'as-numbers-as-text',
    /must be of type integer: "string"/,
    manifest('BGPPeer', { peerIP: '192.0.2.1', asNumber: '1.10' }),
  ),
  says(
    'protocols-as-text',
    /HTTP match have protocol TCP|ICMP fields come with protocol ICMP/,
    policy({ action: 'Allow', protocol: '6', http: { methods: ['GET'] } }),
    policy({ action: 'Allow', protocol: '1', icmp: { type: 8 } }),
  ),
  says(
    'durations',
    /should match '\^\(\[0-9\]\+/,
    manifest('FelixConfiguration', { iptablesRefreshInterval: '1.5m' }),
    manifest('FelixConfiguration', { reportingInterval: '0' }),
  ),
];

/** The API server alone refuses, also what calicoctl writes. */
export const REFUSED_AS_WRITTEN: readonly Difference[] = [
  says('sets', /^Duplicate value: /, manifest('GlobalNetworkSet', { nets: ['10.0.0.0/8', '10.0.0.0/8'] })),
];

export const DIFFERENCES: readonly Difference[] = [
  ...REFUSED_BY_CALICOCTL,
  ...REFUSED_AS_GIVEN,
  ...REFUSED_AS_WRITTEN,
];

/** The kind that a manifest names. */
export function kindOfManifest(value: unknown): string {
  return isObject(value) ? String(value['kind']) : '';
}
