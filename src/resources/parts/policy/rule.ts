import {
  ATOMIC_LIST,
  integer,
  list,
  map,
  type NumberOptions,
  object,
  oneOf,
  port,
  protocol,
  type Schema,
  text,
  type Value,
} from '../../schema.ts';
import { entityValidations, icmpValidations, ruleValidations } from './cel.ts';

/** What only the custom resource definitions bound; Profile, which has none, takes any length and any action. */
interface Limits {
  readonly selector?: { readonly maxLength: number };
  readonly name?: { readonly maxLength: number };
  readonly path?: { readonly maxLength: number };
  readonly nets?: { readonly maxItems: number };
  readonly ports?: { readonly maxItems: number };
  readonly http?: { readonly maxItems: number };
  readonly ipVersion?: Pick<NumberOptions, 'enum'>;
}

const DEFINED: Limits = {
  selector: { maxLength: 1024 },
  name: { maxLength: 253 },
  path: { maxLength: 1024 },
  nets: { maxItems: 256 },
  ports: { maxItems: 50 },
  http: { maxItems: 20 },
  ipVersion: { enum: [4, 6] },
};

function icmp(doc: string) {
  return object(
    {
      type: integer('ICMP type, e.g. 8 for an echo request over IPv4.', {
        minimum: 0,
        maximum: 254,
        presence: 'pointer',
      }),
      code: integer('ICMP code; only together with a type.', {
        minimum: 0,
        maximum: 255,
        presence: 'pointer',
      }),
    },
    doc,
    { presence: 'pointer', cel: icmpValidations },
  );
}

function services(limits: Limits) {
  return object(
    {
      name: text('Name of the service.', { format: 'name', ...limits.name }),
      namespace: text('Namespace of the service; that of the policy unless given.', {
        format: 'name',
        ...limits.name,
      }),
    },
    'A Kubernetes service whose endpoints are meant, with their ports.',
    { presence: 'pointer' },
  );
}

function serviceAccounts() {
  return object(
    {
      names: list(text('Name of a service account.'), 'Names of service accounts, any of which will do.', {
        set: true,
      }),
      selector: text('Which service accounts, by their labels.', { format: 'selector' }),
    },
    'Service accounts that the workload must run as.',
    { presence: 'pointer' },
  );
}

function entity(doc: string, limits: Limits) {
  return object(
    {
      nets: list(text('CIDR without host bits.'), 'Networks the address must be in, any of them.', {
        set: true,
        ...limits.nets,
      }),
      selector: text('Which endpoints and network sets, by their labels.', {
        format: 'selector',
        ...limits.selector,
      }),
      namespaceSelector: text(
        'Namespaces that `selector` looks in, by their labels; `global()` for what has no namespace.',
        { format: 'selector', ...limits.selector },
      ),
      services: services(limits),
      ports: list(port('Port.'), 'Ports, ranges of ports or names of ports, any of which will do.', {
        crd: ATOMIC_LIST,
        ...limits.ports,
      }),
      notNets: list(text('CIDR without host bits.'), 'Networks the address must not be in.', {
        set: true,
        ...limits.nets,
      }),
      notSelector: text('Endpoints and network sets that are not meant, by their labels.', {
        format: 'selector',
        ...limits.selector,
      }),
      notPorts: list(port('Port.'), 'Ports that are not meant.', { crd: ATOMIC_LIST, ...limits.ports }),
      serviceAccounts: serviceAccounts(),
    },
    doc,
    { cel: entityValidations },
  );
}

function http(limits: Limits) {
  return object(
    {
      methods: list(text('Method, e.g. `GET`.'), 'Methods, any of which will do.', {
        crd: ATOMIC_LIST,
        ...limits.http,
      }),
      paths: list(
        object({
          exact: text('The whole path.', { ...limits.path }),
          prefix: text('How the path begins.', { ...limits.path }),
        }),
        'Paths, any of which will do.',
        { crd: ATOMIC_LIST, ...limits.http },
      ),
    },
    'Requests that match; needs the application layer policy of Calico.',
    { presence: 'pointer' },
  );
}

function ruleFields<Action extends Schema>(action: Action, limits: Limits) {
  return {
    action,
    ipVersion: integer('4 or 6: only packets of this IP version.', {
      presence: 'pointer',
      ...limits.ipVersion,
    }),
    protocol: protocol('Protocol of the packet, by name or number.', { presence: 'pointer' }),
    icmp: icmp('ICMP messages that match.'),
    notProtocol: protocol('Protocol that the packet must not have.', { presence: 'pointer' }),
    notICMP: icmp('ICMP messages that do not match.'),
    source: entity('Where the packet comes from.', limits),
    destination: entity('Where the packet goes to.', limits),
    http: http(limits),
    metadata: object(
      { annotations: map(text('Value.'), 'Free text about the rule.') },
      'What people and programs note about the rule.',
      { presence: 'pointer' },
    ),
  };
}

/** A rule of a tiered policy. */
export const policyRule = object(
  ruleFields(
    oneOf(
      ['Allow', 'Deny', 'Log', 'Pass'],
      'What becomes of a packet that matches; `Pass` hands it to the next tier.',
      { presence: 'always', required: true },
    ),
    DEFINED,
  ),
  '',
  { cel: ruleValidations },
);

/** A rule of a profile: the same, but with nothing that only custom resource definitions enforce. */
export const profileRule = object(
  ruleFields(text('What becomes of a packet that matches.', { presence: 'always' }), {}),
);

/** A rule of either sort. */
export type RuleValue = Value<typeof profileRule>;
/** One end of a rule: `source` or `destination`. */
export type EntityValue = NonNullable<RuleValue['source']>;
