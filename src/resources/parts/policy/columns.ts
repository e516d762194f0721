import { formatFloat, NIL } from '../../columns.ts';
import type { Column } from '../../kind.ts';

interface Shown {
  readonly tier?: string;
  readonly order?: number;
  readonly selector?: string;
}

/** Columns of the tiered policies; an order that is not set shows as Go prints a nil pointer. */
export const policyColumns: Readonly<Record<'NAME' | 'TIER' | 'ORDER' | 'SELECTOR', Column<Shown>>> = {
  NAME: (policy) => policy.metadata.name,
  TIER: (policy) => policy.spec.tier ?? '',
  ORDER: (policy) => (policy.spec.order === undefined ? NIL : formatFloat(policy.spec.order)),
  SELECTOR: (policy) => policy.spec.selector ?? '',
};

export const policyNarrow = ['NAME', 'TIER'] as const;
export const policyWide = ['NAME', 'TIER', 'ORDER', 'SELECTOR'] as const;
