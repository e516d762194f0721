import type { Selector } from './selector.ts';

/** The normal form: one blank around operators, double quotes, every `and` and `or` in brackets. */
export function printSelector(selector: Selector): string {
  switch (selector.type) {
    case 'all':
      return 'all()';
    case 'global':
      return 'global()';
    case 'has':
      return `has(${selector.label})`;
    case 'compare':
      return `${selector.label} ${selector.operator} ${quote(selector.value)}`;
    case 'set':
      return `${selector.label} ${selector.operator} {${selector.values.map(quote).join(', ')}}`;
    case 'not':
      return `!${printSelector(selector.operand)}`;
    default:
      return `(${selector.operands.map(printSelector).join(selector.type === 'and' ? ' && ' : ' || ')})`;
  }
}

/** There are no escapes, so a text has at most one kind of quotes inside. */
function quote(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
