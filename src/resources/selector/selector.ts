/** How a label's value can be compared with one text. */
export type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

/**
 * A selector expression. The values of a set are sorted and stand there once; `and` and `or` have two operands or
 * more; what `not` negates is not itself a `not`.
 */
export type Selector =
  | { readonly type: 'all' }
  | { readonly type: 'global' }
  | { readonly type: 'has'; readonly label: string }
  | {
      readonly type: 'compare';
      readonly operator: Comparison;
      readonly label: string;
      readonly value: string;
    }
  | {
      readonly type: 'set';
      readonly operator: 'in' | 'not in';
      readonly label: string;
      readonly values: readonly string[];
    }
  | { readonly type: 'not'; readonly operand: Selector }
  | { readonly type: 'and' | 'or'; readonly operands: readonly Selector[] };

/** What is wrong with a selector, and where: `offset` counts UTF-16 units from the start of the text. */
export interface SelectorFault {
  readonly message: string;
  readonly offset: number;
}
