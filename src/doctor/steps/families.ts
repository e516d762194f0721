import type { Access } from '../../datastore/cluster.ts';
import type { Urgency } from '../step.ts';

/** Commands that need the same rights. */
export interface Family {
  readonly commands: string;
  /** Absent where many rightly have no such right: it is told, and nothing to be done. */
  readonly urgency?: Urgency;
  /** `group` is that of Calico's kinds. */
  readonly accesses: (group: string) => readonly Access[];
}

const all =
  (verbs: readonly string[], resources: readonly string[], own?: string) =>
  (group: string): readonly Access[] =>
    resources.flatMap((resource) => verbs.map((verb) => ({ verb, group: own ?? group, resource })));

const POLICIES = [
  ...['globalnetworkpolicies', 'networkpolicies', 'globalnetworksets', 'networksets', 'tiers'],
  ...['ippools', 'bgppeers', 'bgpconfigurations', 'felixconfigurations', 'hostendpoints'],
] as const;
const IPAM = ['ipamblocks', 'ipamhandles', 'blockaffinities'] as const;
const WRITES = ['create', 'update', 'delete'] as const;

/** The most needed first. */
export const FAMILIES: readonly Family[] = [
  {
    commands: 'get, validate --live',
    urgency: 'error',
    accesses: (group) => [
      ...all(['get', 'list'], ['clusterinformations', ...POLICIES])(group),
      ...all(['list'], ['nodes', 'namespaces', 'serviceaccounts'], '')(group),
    ],
  },
  {
    commands: 'ipam show, check, whois',
    urgency: 'error',
    accesses: (group) => [
      ...all(['get', 'list'], IPAM)(group),
      ...all(['list'], ['ipreservations', 'ippools'])(group),
      ...all(['list'], ['pods', 'nodes', 'services'], '')(group),
    ],
  },
  {
    commands: 'cluster status, doctor',
    urgency: 'warning',
    accesses: (group) => [
      ...all(['list'], ['pods', 'nodes'], '')(group),
      ...all(['list'], ['daemonsets', 'deployments'], 'apps')(group),
      ...all(['list'], ['caliconodestatuses'])(group),
      ...all(['get'], ['customresourcedefinitions'], 'apiextensions.k8s.io')(group),
    ],
  },
  { commands: 'create, apply, replace, patch, label, delete', accesses: all(WRITES, POLICIES) },
  { commands: 'ipam release, repair, split', accesses: all(['update', 'delete'], IPAM) },
  { commands: 'node status --all', accesses: all(['create', 'get', 'delete'], ['caliconodestatuses']) },
  {
    commands: 'cluster diags',
    accesses: (group) => [
      ...all(['get'], ['pods/log'], '')(group),
      ...all(['create'], ['pods/exec'], '')(group),
      ...all(['list'], ['configmaps', 'events'], '')(group),
    ],
  },
  { commands: 'datastore migrate lock, unlock', accesses: all(['update'], ['clusterinformations']) },
  {
    commands: 'datastore init',
    accesses: all(['create', 'update'], ['customresourcedefinitions'], 'apiextensions.k8s.io'),
  },
];
