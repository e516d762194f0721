import type { FieldPath } from '../../core/errors.ts';
import type { Resource } from '../../resources/kind.ts';
import type { EntityValue } from '../../resources/parts/policy/rule.ts';
import { DIRECTIONS, type WithRules } from '../../resources/parts/policy/visit.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';

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
  ...TIERED_KINDS,
  'Profile',
  ...Object.keys(FIELDS),
  'KubeControllersConfiguration',
];

/**
 * The selectors by which a resource chooses something and of which `wants` is true; not those by which a rule leaves
 * something out. Where they stand is only worked out for those.
 */
export function selectorsOf(
  resource: Resource<unknown>,
  wants: (text: string) => boolean,
): readonly SelectorAt[] {
  const { kind, spec } = policyOf(resource);
  const found: SelectorAt[] = [];
  if (spec === undefined || spec === null) return found;
  if (kind === 'KubeControllersConfiguration') {
    for (const at of templateSelectors(spec as Templates)) if (wants(at.text)) found.push(at);
    return found;
  }
  const fields = FIELDS[kind];
  const texts = spec as Readonly<Record<string, unknown>>;
  for (const field of fields ?? SPEC_FIELDS) {
    const text = texts[field];
    if (typeof text === 'string' && text !== '' && wants(text))
      found.push({
        text,
        path: ['spec', field],
        of: fields === undefined && field === 'selector' ? 'endpoints' : 'others',
      });
  }
  if (fields === undefined)
    for (const direction of DIRECTIONS)
      spec[direction]?.forEach((rule, index) => {
        const at = [direction, index] as const;
        if (rule.source !== undefined) addSelectors(found, rule.source, wants, at, 'source');
        if (rule.destination !== undefined) addSelectors(found, rule.destination, wants, at, 'destination');
      });
  return found;
}

function addSelectors(
  found: SelectorAt[],
  { selector, namespaceSelector, serviceAccounts }: EntityValue,
  wants: (text: string) => boolean,
  ruleAt: readonly [direction: string, index: number],
  side: string,
): void {
  const at = (...field: string[]): FieldPath => ['spec', ...ruleAt, side, ...field];
  if (selector && wants(selector))
    found.push({ text: selector, path: at('selector'), of: namespaceSelector ? 'others' : 'endpoints' });
  if (namespaceSelector && wants(namespaceSelector))
    found.push({ text: namespaceSelector, path: at('namespaceSelector'), of: 'others' });
  const accounts = serviceAccounts?.selector;
  if (accounts && wants(accounts))
    found.push({ text: accounts, path: at('serviceAccounts', 'selector'), of: 'others' });
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
