import { given, invalid, type Validation } from '../cel.ts';
import { defineKind, type Rule } from '../kind.ts';
import { portProtocolFaults } from '../parts/endpointport.ts';
import { ATOMIC_LIST, integer, list, object, protocol, text } from '../schema.ts';

const written = { presence: 'always', required: true } as const;

const validations: readonly Validation[] = [
  invalid('CAL1361', `${given('interfaceName')} || ${given('expectedIPs')}`),
  invalid('CAL1360', 'has(self.node) && size(self.node) > 0'),
];

const fields = {
  node: text('Name of the node that has the interface.', { maxLength: 253, format: 'name' }),
  interfaceName: text('Name of the interface; `*` for all of them.', { maxLength: 15, format: 'interface' }),
  expectedIPs: list(
    text('Address.', { format: 'ip' }),
    'Addresses of the interface: they find it where it has no name here, and stand for it in selectors.',
    { set: true },
  ),
  profiles: list(
    text('Name of a profile.', { format: 'name' }),
    'Profiles whose rules decide where no policy does.',
    {
      set: true,
    },
  ),
  ports: list(
    object({
      name: text('Name of the port.', { ...written, format: 'portName' }),
      protocol: protocol('Protocol of the port.', written),
      port: integer('Number of the port.', { ...written, form: 'uint16', minimum: 1, maximum: 65535 }),
    }),
    'Names of ports, for the rules of policies.',
    { crd: ATOMIC_LIST },
  ),
};

const spec = object(fields, '', { cel: validations });

interface Endpoint {
  readonly node?: string;
  readonly interfaceName?: string;
  readonly expectedIPs?: readonly string[];
  readonly ports?: readonly { readonly protocol?: number | string }[];
}

const rules: readonly Rule<Endpoint>[] = [
  {
    id: 'CAL1360',
    doc: 'A host endpoint names its node.',
    *check({ spec: { node } }) {
      if (!node) yield { path: ['spec', 'node'], message: 'is required: node must be specified' };
    },
  },
  {
    id: 'CAL1361',
    doc: 'A host endpoint names its interface or its addresses.',
    *check({ spec: { interfaceName, expectedIPs } }) {
      if (!interfaceName && !expectedIPs?.length)
        yield {
          path: ['spec'],
          message: 'needs interfaceName or expectedIPs, or both, to find the interface',
        };
    },
  },
  {
    id: 'CAL1362',
    doc: 'Ports of a host endpoint have a protocol with ports.',
    check: ({ spec: { ports } }) => portProtocolFaults(ports, ['spec', 'ports']),
  },
];

export default defineKind({
  kind: 'HostEndpoint',
  plural: 'hostendpoints',
  aliases: ['hep', 'heps'],
  scope: 'cluster',
  doc: 'An interface of a node, so that policies can be applied to the node itself.',
  definition: {
    shortNames: ['hep', 'heps'],
    columns: [
      ['Node', 'string', '.spec.node'],
      ['Interface', 'string', '.spec.interfaceName'],
    ],
  },
  spec,
  columns: {
    NAME: (endpoint) => endpoint.metadata.name,
    NODE: (endpoint) => endpoint.spec.node ?? '',
    INTERFACE: (endpoint) => endpoint.spec.interfaceName ?? '',
    IPS: (endpoint) => (endpoint.spec.expectedIPs ?? []).join(','),
    PROFILES: (endpoint) => (endpoint.spec.profiles ?? []).join(','),
  },
  narrow: ['NAME', 'NODE'],
  wide: ['NAME', 'NODE', 'INTERFACE', 'IPS', 'PROFILES'],
  rules,
});
