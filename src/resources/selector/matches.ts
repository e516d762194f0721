import type { Comparison, Selector } from './selector.ts';

export type Labels = Readonly<Record<string, string>>;

/** True where the labels satisfy the selector. An absent label is unequal to everything and in no set. */
export function matchesSelector(selector: Selector, labels: Labels): boolean {
  switch (selector.type) {
    case 'all':
    case 'global':
      return true;
    case 'has':
      return labelValue(labels, selector.label) !== undefined;
    case 'compare':
      return compares(selector.operator, labelValue(labels, selector.label), selector.value);
    case 'set': {
      const value = labelValue(labels, selector.label);
      const isMember = value !== undefined && selector.values.includes(value);
      return selector.operator === 'in' ? isMember : !isMember;
    }
    case 'not':
      return !matchesSelector(selector.operand, labels);
    case 'and':
      return selector.operands.every((operand) => matchesSelector(operand, labels));
    case 'or':
      return selector.operands.some((operand) => matchesSelector(operand, labels));
  }
}

function labelValue(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

function compares(operator: Comparison, value: string | undefined, text: string): boolean {
  if (operator === '!=') return value !== text;
  if (value === undefined) return false;
  switch (operator) {
    case '==':
      return value === text;
    case 'contains':
      return value.includes(text);
    case 'starts with':
      return value.startsWith(text);
    case 'ends with':
      return value.endsWith(text);
  }
}
