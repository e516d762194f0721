import type { Validation } from './cel.ts';

/** API groups of Calico's custom resources; a cluster uses one of them. */
export const DEFINITION_GROUPS = {
  'crd.projectcalico.org': 'v1',
  'projectcalico.org': 'v3',
} as const;

export type DefinitionGroup = keyof typeof DEFINITION_GROUPS;

/** What a kind's custom resource definition says beside its schema. */
export interface Definition {
  /** Where the kind is defined in one group only. */
  readonly groups?: readonly DefinitionGroup[];
  /** For kubectl; in group projectcalico.org only, as the two next ones. */
  readonly shortNames?: readonly string[];
  /** Fields that field selectors may name. */
  readonly selectable?: readonly string[];
  /** What `kubectl get` shows: heading, type and path of a column. */
  readonly columns?: readonly (readonly [heading: string, type: string, path: string])[];
  /** metadata and spec are required in group crd.projectcalico.org too. */
  readonly complete?: boolean;
  /** What API servers check of an object as a whole. */
  readonly cel?: readonly Validation[];
}
