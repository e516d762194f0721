import { forbidden, given, invalid, type Validation } from '../cel.ts';
import { shown } from '../columns.ts';
import { defineKind, type Resource, type Rule } from '../kind.ts';
import { parseCommunity } from '../net/community.ts';
import { networkFaults, notCommunity, oversizedCommunity } from '../parts/bgprules.ts';
import { secretRef } from '../parts/secretref.ts';
import { COMMUNITY_SHAPE } from '../patterns.ts';
import {
  ATOMIC_LIST,
  ATOMIC_MAP,
  anyCase,
  asn,
  duration,
  flag,
  integer,
  list,
  object,
  oneOf,
  text,
  type Value,
} from '../schema.ts';

const MOST = 2147483646;

function needsMesh(field: string): Validation {
  return forbidden(
    'CAL1444',
    `!has(self.${field}) || !has(self.nodeToNodeMeshEnabled) || self.nodeToNodeMeshEnabled == true`,
  );
}

const validations: readonly Validation[] = [
  needsMesh('nodeMeshPassword'),
  needsMesh('nodeMeshMaxRestartTime'),
  invalid(
    'CAL1445',
    `!has(self.communities) || size(self.communities) == 0 || ${given('prefixAdvertisements')}`,
  ),
];

function services(doc: string) {
  return list(
    object({ cidr: text('The range.', { format: 'cidr', goName: 'CIDR' }) }, '', { crd: ATOMIC_MAP }),
    doc,
    { crd: ATOMIC_LIST },
  );
}

function priority(family: 4 | 6) {
  return integer(`Metric of IPv${family} routes to workloads in the kernel; the least wins.`, {
    presence: 'pointer',
    minimum: 1,
    maximum: MOST,
    assumed: '1024',
    goName: `IPv${family}NormalRoutePriority`,
  });
}

const fields = {
  logSeverityScreen: anyCase(
    ['Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal'],
    'Least severity that BIRD and confd log.',
    { default: 'Info' },
  ),
  nodeToNodeMeshEnabled: flag('Whether every node peers with every other.', {
    presence: 'pointer',
    assumed: 'true',
  }),
  asNumber: asn('AS number of nodes that have none of their own.', {
    presence: 'pointer',
    assumed: '64512',
    goName: 'ASNumber',
  }),
  serviceLoadBalancerIPs: services('Ranges of load-balancer addresses to advertise.'),
  serviceExternalIPs: services('Ranges of external service addresses to advertise.'),
  serviceClusterIPs: services('Ranges of cluster addresses of services to advertise.'),
  serviceLoadBalancerAggregation: oneOf(
    ['Enabled', 'Disabled'],
    'Whether load-balancer addresses are advertised as ranges rather than one by one.',
    { presence: 'pointer', default: 'Enabled' },
  ),
  communities: list(
    object(
      {
        name: text('Name to use below.', { maxLength: 253, format: 'name' }),
        value: text('The community: two or three numbers.', { maxLength: 40, pattern: COMMUNITY_SHAPE }),
      },
      '',
      { crd: ATOMIC_MAP },
    ),
    'Names for BGP communities.',
    { maxItems: 500, crd: ATOMIC_LIST },
  ),
  prefixAdvertisements: list(
    object(
      {
        cidr: text('Which routes.', { format: 'cidr', goName: 'CIDR' }),
        communities: list(text('A community or its name.'), 'What they carry.', {
          maxItems: 50,
          crd: ATOMIC_LIST,
        }),
      },
      '',
      { crd: ATOMIC_MAP },
    ),
    'Communities for routes within ranges.',
    { maxItems: 500, crd: ATOMIC_LIST },
  ),
  listenPort: integer('TCP port on which BIRD listens for BGP.', {
    form: 'uint16',
    minimum: 1,
    maximum: 65535,
    assumed: '179',
  }),
  nodeMeshPassword: secretRef('Password of the sessions of the mesh, kept in a secret.'),
  nodeMeshMaxRestartTime: duration('How long routes are kept while a node of the mesh restarts.', {
    presence: 'pointer',
  }),
  bindMode: oneOf(['None', 'NodeIP'], "Whether BIRD listens on the node's BGP addresses only.", {
    presence: 'pointer',
  }),
  ignoredInterfaces: list(
    text('An interface; `*` stands for anything.', { format: 'ignoredInterface' }),
    'Interfaces whose networks BIRD leaves out.',
    { set: true },
  ),
  localWorkloadPeeringIPV4: text('IPv4 address that workloads peer with.', { format: 'ipv4' }),
  localWorkloadPeeringIPV6: text('IPv6 address that workloads peer with.', { format: 'ipv6' }),
  programClusterRoutes: oneOf(
    ['Enabled', 'Disabled', 'EnabledIPIPOnly', 'EnabledNoEncapOnly'],
    "Which routes to other nodes' workloads BIRD programs.",
    { presence: 'pointer', assumed: 'EnabledNoEncapOnly' },
  ),
  ipv4NormalRoutePriority: priority(4),
  ipv6NormalRoutePriority: priority(6),
};

const spec = object(fields, '', { cel: validations });

type Spec = Value<typeof spec>;

/** Settings of the whole cluster, in the order in which they are written. */
const CLUSTER_WIDE = [
  'nodeToNodeMeshEnabled',
  'asNumber',
  'serviceLoadBalancerIPs',
  'serviceExternalIPs',
  'serviceClusterIPs',
  'nodeMeshPassword',
  'nodeMeshMaxRestartTime',
] as const;

function* clusterWideFaults({ metadata, spec }: Resource<Spec>) {
  if (metadata.name === 'default') return;
  for (const field of CLUSTER_WIDE.filter((name) => spec[name] !== undefined)) {
    yield {
      path: ['spec', field],
      value: spec[field],
      message: `is for the whole cluster: set it in the BGPConfiguration default, not in ${metadata.name}`,
    };
  }
}

/** `required` of an item of a list, which the schema of the API server does not ask for. */
const REQUIRED = 'is required';

const rules: readonly Rule<Spec>[] = [
  {
    id: 'CAL1440',
    doc: 'Settings of the whole cluster are in the configuration named default.',
    onWrite: true,
    check: clusterWideFaults,
  },
  {
    id: 'CAL1441',
    doc: 'A named community has a name, and a value of 16-bit or 32-bit numbers.',
    *check({ spec: { communities = [] } }) {
      for (const [index, { name, value }] of communities.entries()) {
        const at = ['spec', 'communities', index];
        if (!name) yield { path: [...at, 'name'], message: REQUIRED };
        if (!value) yield { path: [...at, 'value'], message: REQUIRED };
        else if (new RegExp(COMMUNITY_SHAPE).test(value) && !parseCommunity(value))
          yield { path: [...at, 'value'], value, message: oversizedCommunity(value) };
      }
    },
  },
  {
    id: 'CAL1442',
    doc: 'Advertised communities are communities themselves or names from spec.communities.',
    *check({ spec: { communities = [], prefixAdvertisements = [] } }) {
      const names = new Set(communities.map(({ name }) => name));
      for (const [index, { communities: used = [] }] of prefixAdvertisements.entries()) {
        const at = ['spec', 'prefixAdvertisements', index, 'communities'];
        if (used.length === 0) yield { path: at, message: REQUIRED };
        for (const [item, value] of used.entries()) {
          if (!parseCommunity(value) && !names.has(value))
            yield { path: [...at, item], value, message: notCommunity(value) };
        }
      }
    },
  },
  {
    id: 'CAL1443',
    doc: 'Ranges of services and advertisements have no host bits, and advertisements have a range.',
    *check({ spec }) {
      for (const field of CLUSTER_WIDE) {
        if (!field.startsWith('service')) continue;
        const items = (spec[field] ?? []) as { cidr?: string }[];
        for (const [index, { cidr }] of items.entries())
          yield* networkFaults(cidr, ['spec', field, index, 'cidr']);
      }
      for (const [index, { cidr }] of (spec.prefixAdvertisements ?? []).entries()) {
        const path = ['spec', 'prefixAdvertisements', index, 'cidr'];
        if (!cidr) yield { path, message: REQUIRED };
        yield* networkFaults(cidr, path);
      }
    },
  },
  {
    id: 'CAL1444',
    doc: 'The password and the restart time of the mesh are given only where the mesh is on.',
    *check({ spec }) {
      if (spec.nodeToNodeMeshEnabled !== false) return;
      for (const field of ['nodeMeshPassword', 'nodeMeshMaxRestartTime'] as const) {
        if (spec[field] !== undefined)
          yield {
            path: ['spec', field],
            message: 'is of no use while nodeToNodeMeshEnabled is false: leave it out or enable the mesh',
          };
      }
    },
  },
  {
    id: 'CAL1445',
    doc: 'Named communities are given only where there are advertisements to carry them.',
    *check({ spec: { communities = [], prefixAdvertisements = [] } }) {
      if (communities.length > 0 && prefixAdvertisements.length === 0)
        yield {
          path: ['spec', 'communities'],
          message: 'are not used: give prefixAdvertisements that carry them, or leave them out',
        };
    },
  },
];

export default defineKind({
  kind: 'BGPConfiguration',
  plural: 'bgpconfigurations',
  aliases: ['bgpconfig', 'bgpconfigs'],
  scope: 'cluster',
  doc: 'BGP settings of the cluster (`default`) or of one node (`node.NAME`).',
  definition: {
    shortNames: ['bgpconfig', 'bgpconfigs'],
  },
  spec,
  rules,
  columns: {
    NAME: (config) => config.metadata.name,
    LOGSEVERITY: (config) => config.spec.logSeverityScreen ?? '',
    MESHENABLED: (config) => shown(config.spec.nodeToNodeMeshEnabled ?? '-'),
    ASNUMBER: (config) => shown(config.spec.asNumber ?? '-'),
  },
  narrow: ['NAME', 'LOGSEVERITY', 'MESHENABLED', 'ASNUMBER'],
});
