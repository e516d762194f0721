import { invalid, type Validation } from '../cel.ts';

/** What API servers check of tiers: the built-in ones keep what they are (CAL1320). */

function action(tier: string, defaultAction: 'Pass' | 'Deny'): Validation {
  return invalid(
    'CAL1320',
    `self.metadata.name == '${tier}' ? (has(self.spec.defaultAction) && self.spec.defaultAction == '${defaultAction}') : true`,
  );
}

function order(tier: string, value: number): Validation {
  return invalid(
    'CAL1320',
    `self.metadata.name != '${tier}' || (has(self.spec.order) && self.spec.order == ${value.toFixed(1)})`,
  );
}

export const tierValidations: readonly Validation[] = [
  action('kube-admin', 'Pass'),
  action('kube-baseline', 'Pass'),
  action('default', 'Deny'),
  order('default', 1_000_000),
  order('kube-admin', 1000),
  order('kube-baseline', 10_000_000),
];
