import { ATOMIC_LIST, flag, float, list, oneOf, text } from '../../schema.ts';
import { policyRule } from './rule.ts';

/** The fields of the tiered policies. Their order in a spec differs from kind to kind, so each kind puts them together. */

const selectorText = { format: 'selector', maxLength: 1024 } as const;

export const stagedAction = oneOf(
  ['Set', 'Delete', 'Learn', 'Ignore'],
  'What enforcing this staged policy would do: create or change the policy, delete it, or nothing.',
  { default: 'Set' },
);

/** What every tiered policy begins with. */
export const leadingFields = {
  tier: text('Tier of the policy.', { default: 'default', format: 'name' }),
  order: float('Place within the tier: lower goes first, none goes last.', { presence: 'pointer' }),
  ingress: list(policyRule, 'Rules for packets towards the endpoint, the first match decides.', {
    maxItems: 1024,
    crd: ATOMIC_LIST,
  }),
  egress: list(policyRule, 'Rules for packets from the endpoint, the first match decides.', {
    maxItems: 1024,
    crd: ATOMIC_LIST,
  }),
  selector: text(
    'Which endpoints the policy is for, by their labels; all of them unless given.',
    selectorText,
  ),
  types: list(
    oneOf(['Ingress', 'Egress'], 'Direction.'),
    'Directions the policy is about; by its rules unless given.',
    {
      minItems: 1,
      maxItems: 2,
      set: true,
    },
  ),
};

export const serviceAccountSelector = text(
  'Only workloads that run as one of these service accounts, by the labels of the accounts.',
  selectorText,
);

export const performanceHints = list(
  oneOf(['AssumeNeededOnEveryNode'], 'Hint.'),
  'What agents may assume to handle the policy faster.',
  { set: true },
);

/** What only policies for the whole cluster have. */
export const globalFields = {
  doNotTrack: flag('Apply before connection tracking; for host endpoints only.'),
  preDNAT: flag('Apply before destination addresses are rewritten; ingress of host endpoints only.'),
  applyOnForward: flag('Apply also to traffic that a host endpoint forwards, not only to its own.'),
};

export const namespaceSelector = text(
  'Only workloads in these namespaces, by the labels of the namespaces.',
  selectorText,
);

/** A policy of one namespace. */
export const namespacedPolicy = { ...leadingFields, serviceAccountSelector, performanceHints };

/** A policy of the whole cluster. */
export const globalPolicy = {
  ...leadingFields,
  ...globalFields,
  serviceAccountSelector,
  namespaceSelector,
  performanceHints,
};
