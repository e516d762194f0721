import { wordMeant } from '../fixes.ts';
import { FORMATS } from '../formats.ts';
import type { Fault, Resource, Rule } from '../kind.ts';
import { parseAddress } from '../net/address.ts';
import { containsAddress, hostBits, parseCidrOrAddress } from '../net/cidr.ts';
import { DSCP_NAMES, parseDscp } from '../net/dscp.ts';
import { isPortName } from '../net/port.ts';
import { portProtocolFaults } from './endpointport.ts';
import { withLabels } from './labels.ts';

/** Names, defaults and rules of workload endpoints. */

interface Endpoint {
  readonly orchestrator?: string;
  readonly workload?: string;
  readonly node?: string;
  readonly containerID?: string;
  readonly pod?: string;
  readonly endpoint?: string;
  readonly interfaceName?: string;
  readonly ipNetworks?: readonly string[];
  readonly ipNATs?: readonly { readonly internalIP?: string; readonly externalIP?: string }[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly protocol?: number | string;
    readonly port?: number;
    readonly hostPort?: number;
  }[];
  readonly qosControls?: { readonly dscp?: number | string };
}

type Identifier = 'node' | 'orchestrator' | 'pod' | 'containerID' | 'workload' | 'endpoint';

/** What a name consists of: fields of the spec, or a word that always stands there. */
type Segment = Identifier | { readonly word: string };

function segmentsOf(orchestrator: string): readonly Segment[] {
  switch (orchestrator) {
    case 'k8s':
      return ['node', 'orchestrator', 'pod', 'endpoint'];
    case 'cni':
      return ['node', 'orchestrator', 'containerID', 'endpoint'];
    case 'libnetwork':
      return ['node', 'orchestrator', { word: 'libnetwork' }, 'endpoint'];
    default:
      return ['node', 'orchestrator', 'workload', 'endpoint'];
  }
}

/** The fields that make up an endpoint's name but cannot, with the reason. */
export function* identifierFaults(spec: Endpoint): Iterable<Fault> {
  for (const segment of segmentsOf(spec.orchestrator ?? '')) {
    if (typeof segment !== 'string') continue;
    const value = spec[segment];
    const path = ['spec', segment];
    if (!value) yield { path, message: 'is required: the name of the endpoint is made of it' };
    else if (value.startsWith('-') || value.endsWith('-'))
      yield {
        path,
        value,
        message: 'must not begin or end with "-": the name of the endpoint is made of it',
      };
  }
}

/** The only name an endpoint with this spec may have; undefined where a field that it is made of is missing. */
export function workloadEndpointName(spec: Endpoint): string | undefined {
  if (!identifierFaults(spec)[Symbol.iterator]().next().done) return undefined;
  return segmentsOf(spec.orchestrator ?? '')
    .map((segment) => (typeof segment === 'string' ? spec[segment]! : segment.word))
    .map((text) => text.replaceAll('-', '--'))
    .join('-');
}

/** What an endpoint's name is made of. */
export interface EndpointName {
  readonly node: string;
  readonly orchestrator: string;
  /** The pod, container or workload; absent from the beginning of a name. */
  readonly workload?: string;
  readonly endpoint?: string;
}

/** The parts of a name, or of the beginning of one; undefined where it has not the form of any. */
export function parseWorkloadEndpointName(name: string): EndpointName | undefined {
  // A dash between parts stands alone; those within a part are doubled.
  const parts = name.replaceAll('--', '\0').split('-');
  const [node = '', orchestrator, workload, endpoint, ...more] = parts.map((part) =>
    part.replaceAll('\0', '-'),
  );
  if (node === '' || orchestrator === undefined || more.length > 0) return undefined;
  return { node, orchestrator, ...(workload && { workload }), ...(endpoint && { endpoint }) };
}

/** Name, where there is none, and the two labels that repeat namespace and orchestrator. */
export function workloadEndpointDefaults<Spec extends Endpoint>(endpoint: Resource<Spec>): Resource<Spec> {
  const { metadata, spec } = endpoint;
  const name = metadata.name || workloadEndpointName(spec) || '';
  return withLabels(
    { ...endpoint, metadata: { ...metadata, name } },
    {
      'projectcalico.org/namespace': metadata.namespace ?? '',
      'projectcalico.org/orchestrator': spec.orchestrator ?? '',
    },
  );
}

const nameMatches: Rule<Endpoint> = {
  id: 'CAL1380',
  doc: 'The name of a workload endpoint is made of its identifying fields.',
  onWrite: true,
  *check({ metadata: { name }, spec }) {
    yield* identifierFaults(spec);
    const expected = workloadEndpointName(spec);
    if (expected !== undefined && name !== expected)
      yield {
        path: ['metadata', 'name'],
        value: name,
        message: `is not the name that the fields of the endpoint make up: expected ${expected}, or leave it out`,
      };
  },
};

const hasInterface: Rule<Endpoint> = {
  id: 'CAL1381',
  doc: 'A workload endpoint names its interface on the node.',
  *check({ spec }) {
    if (!spec.interfaceName) yield { path: ['spec', 'interfaceName'], message: 'is required' };
  },
};

const singleAddresses: Rule<Endpoint> = {
  id: 'CAL1382',
  doc: 'Networks of a workload endpoint are single addresses.',
  *check({ spec }) {
    for (const [index, value] of (spec.ipNetworks ?? []).entries()) {
      const cidr = parseCidrOrAddress(value);
      const path = ['spec', 'ipNetworks', index];
      if (value === '') yield { path, value, message: 'is empty: an address is needed' };
      else if (cidr !== undefined && hostBits(cidr) > 0)
        yield {
          path,
          value,
          message: 'is a network of many addresses: only /32, or /128 for IPv6, is allowed',
        };
    }
  },
};

const natsInside: Rule<Endpoint> = {
  id: 'CAL1383',
  doc: 'Internal addresses of NATs are addresses of the endpoint, of the same IP version as the external ones.',
  *check({ spec }) {
    const networks = (spec.ipNetworks ?? []).flatMap((text) => parseCidrOrAddress(text) ?? []);
    for (const [index, nat] of (spec.ipNATs ?? []).entries()) {
      const internal = parseAddress(nat.internalIP ?? '');
      const external = parseAddress(nat.externalIP ?? '');
      const path = ['spec', 'ipNATs', index];
      if (internal !== undefined && !networks.some((network) => containsAddress(network, internal)))
        yield {
          path: [...path, 'internalIP'],
          value: nat.internalIP,
          message: 'is not an address of the endpoint: NAT leads to one of ipNetworks only',
        };
      if (internal !== undefined && external !== undefined && internal.family !== external.family)
        yield {
          path: [...path, 'externalIP'],
          value: nat.externalIP,
          message: `is not of the same IP version as internalIP, IPv${internal.family}`,
        };
    }
  },
};

const portsUsable: Rule<Endpoint> = {
  id: 'CAL1384',
  doc: 'Ports of a workload endpoint have a protocol with ports, and a name or a port of the node.',
  *check({ spec: { ports = [] } }) {
    yield* portProtocolFaults(ports, ['spec', 'ports']);
    for (const [index, { name, hostPort }] of ports.entries())
      if (!name && !hostPort)
        yield { path: ['spec', 'ports', index, 'name'], message: 'is required, unless there is a hostPort' };
  },
};

const portNames: Rule<Endpoint> = {
  id: 'CAL1385',
  doc: 'The name of a port has the form of an IANA service name.',
  *check({ spec: { ports = [] } }) {
    for (const [index, { name }] of ports.entries())
      if (name && !isPortName(name))
        yield { path: ['spec', 'ports', index, 'name'], value: name, message: FORMATS['portName']!.message };
  },
};

const knownDscp: Rule<Endpoint> = {
  id: 'CAL1386',
  doc: 'The DiffServ mark is a code point or the name of one.',
  *check({ spec: { qosControls: { dscp } = {} } }) {
    if (dscp !== undefined && parseDscp(dscp) === undefined)
      yield {
        path: ['spec', 'qosControls', 'dscp'],
        value: dscp,
        message: 'is not a DSCP value: use a number up to 63 or a name such as "EF", "AF11" or "CS1"',
        ...wordMeant(dscp, Object.keys(DSCP_NAMES)),
      };
  },
};

export const workloadEndpointRules: readonly Rule<Endpoint>[] = [
  nameMatches,
  hasInterface,
  singleAddresses,
  natsInside,
  portsUsable,
  portNames,
  knownDscp,
];
