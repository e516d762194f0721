export { foldSelector } from './fold.ts';
export { type Labels, matchesSelector } from './matches.ts';
export { type ParsedSelector, parseSelector } from './parse.ts';
export { printSelector } from './print.ts';
export type { Comparison, Selector, SelectorFault } from './selector.ts';
