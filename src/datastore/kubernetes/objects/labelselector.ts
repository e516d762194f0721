/** Label selectors of Kubernetes as selectors of Calico. */

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Keeps host endpoints out of what selects pods. */
const PODS_ONLY = "projectcalico.org/orchestrator == 'k8s'";

/** Which pods; all of them where there is no selector. */
export function podSelector(selector: LabelSelector | undefined): string {
  return [PODS_ONLY, ...termsOf(selector ?? {})].join(' && ');
}

/** Which namespaces: nothing where there is no selector, `all()` where it is empty. */
export function namespaceSelector(selector: LabelSelector | undefined): string {
  return selector === undefined ? '' : termsOf(selector).join(' && ') || 'all()';
}

function termsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly string[] {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key} == '${matchLabels[key]}'`);
  return [...labels, ...matchExpressions.flatMap(expressionTerm)];
}

function expressionTerm({
  key,
  operator,
  values = [],
}: NonNullable<LabelSelector['matchExpressions']>[number]): readonly string[] {
  const set = `{ ${values.map((value) => `'${value}'`).join(', ')} }`;
  switch (operator) {
    case 'In':
      return [`${key} in ${set}`];
    case 'NotIn':
      return [`${key} not in ${set}`];
    case 'Exists':
      return [`has(${key})`];
    case 'DoesNotExist':
      return [`! has(${key})`];
    default:
      return [];
  }
}
