import type { FieldPath } from '../../core/errors.ts';
import type { Resource } from '../../resources/kind.ts';
import type { WithRules } from '../../resources/parts/policy/visit.ts';

/** The kinds with tiers and rules of Calico's own form. */
export const POLICIES: readonly string[] = [
  'GlobalNetworkPolicy',
  'NetworkPolicy',
  'StagedGlobalNetworkPolicy',
  'StagedNetworkPolicy',
];

/** What lint asks of policies and profiles. */
export interface PolicySpec extends WithRules {
  readonly tier?: string;
  readonly selector?: string;
  readonly namespaceSelector?: string;
  readonly serviceAccountSelector?: string;
  readonly types?: readonly string[];
  readonly doNotTrack?: boolean;
  readonly preDNAT?: boolean;
  readonly stagedAction?: string;
}

export function policyOf(resource: Resource<unknown>): Resource<PolicySpec> {
  return resource as Resource<PolicySpec>;
}

/** A selector of a resource, and where it stands. */
export interface SelectorAt {
  readonly text: string;
  readonly path: FieldPath;
  /** What its labels are on: endpoints and network sets, or something that is not confined to the policy's namespace. */
  readonly of: 'endpoints' | 'others';
}

/** Fields of other kinds that select nodes, namespaces or workloads. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  IPPool: ['nodeSelector', 'namespaceSelector'],
  BGPPeer: ['nodeSelector', 'peerSelector', 'localWorkloadSelector'],
  FelixConfiguration: ['nodeSelector'],
};

const SPEC_FIELDS = ['selector', 'namespaceSelector', 'serviceAccountSelector'] as const;

/** The kinds that have selectors. */
export const SELECTING: readonly string[] = [
  ...POLICIES,
  'Profile',
  ...Object.keys(FIELDS),
  'KubeControllersConfiguration',
];

/** Every selector by which a resource chooses something; not those by which a rule leaves something out. */
export function* selectorsOf(resource: Resource<unknown>): Iterable<SelectorAt> {
  const { kind, spec } = policyOf(resource);
  if (spec === undefined || spec === null) return;
  if (kind === 'KubeControllersConfiguration') return yield* templateSelectors(spec as Templates);
  const fields = FIELDS[kind];
  const texts = spec as Readonly<Record<string, unknown>>;
  for (const field of fields ?? SPEC_FIELDS) {
    const text = texts[field];
    if (typeof text === 'string' && text !== '')
      yield {
        text,
        path: ['spec', field],
        of: fields === undefined && field === 'selector' ? 'endpoints' : 'others',
      };
  }
  if (fields === undefined) yield* ruleSelectors(spec);
}

function* ruleSelectors(spec: WithRules): Iterable<SelectorAt> {
  for (const direction of ['ingress', 'egress'] as const)
    for (const [index, rule] of (spec[direction] ?? []).entries())
      for (const side of ['source', 'destination'] as const) {
        const entity = rule[side];
        if (entity === undefined) continue;
        const path = ['spec', direction, index, side];
        const { selector, namespaceSelector, serviceAccounts } = entity;
        if (selector)
          yield {
            text: selector,
            path: [...path, 'selector'],
            of: namespaceSelector ? 'others' : 'endpoints',
          };
        if (namespaceSelector)
          yield { text: namespaceSelector, path: [...path, 'namespaceSelector'], of: 'others' };
        if (serviceAccounts?.selector)
          yield {
            text: serviceAccounts.selector,
            path: [...path, 'serviceAccounts', 'selector'],
            of: 'others',
          };
      }
}

interface Templates {
  readonly controllers?: {
    readonly node?: {
      readonly hostEndpoint?: { readonly templates?: readonly { readonly nodeSelector?: string }[] };
    };
  };
}

function* templateSelectors(spec: Templates): Iterable<SelectorAt> {
  const { templates = [] } = spec.controllers?.node?.hostEndpoint ?? {};
  const path = ['spec', 'controllers', 'node', 'hostEndpoint', 'templates'];
  for (const [index, { nodeSelector }] of templates.entries())
    if (nodeSelector) yield { text: nodeSelector, path: [...path, index, 'nodeSelector'], of: 'others' };
}
