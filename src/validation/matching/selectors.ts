import {
  foldSelector,
  matchesSelector,
  parseSelector,
  type Selector,
} from '../../resources/selector/index.ts';

/** Selectors of many resources are alike: what was found out about those met last is kept. */
const MOST_KEPT = 2000;

/** The function with its last results kept. */
export function remembering<T>(find: (text: string) => T): (text: string) => T {
  let kept = new Map<string, T>();
  let older = new Map<string, T>();
  return (text) => {
    if (kept.has(text)) return kept.get(text) as T;
    const found = older.has(text) ? (older.get(text) as T) : find(text);
    if (kept.size >= MOST_KEPT) {
      older = kept;
      kept = new Map();
    }
    kept.set(text, found);
    return found;
  };
}

const known = remembering(read);

/** The tree of a selector as written; undefined where it is none, or is left out, or blank. */
export function selectorIn(text: unknown): Selector | undefined {
  return typeof text === 'string' && text !== '' ? known(text) : undefined;
}

function read(text: string): Selector | undefined {
  if (text.trim() === '') return undefined;
  const parsed = parseSelector(foldSelector(text));
  return parsed.ok ? parsed.selector : undefined;
}

/** Both at once; undefined stands for no condition at all. */
export function both(left: Selector | undefined, right: Selector | undefined): Selector | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : { type: 'and', operands: [left, right] };
}

/** The label that every endpoint and network set of a namespace has. */
export const NAMESPACE_LABEL = 'projectcalico.org/namespace';

/** What the selectors of a policy in a namespace are confined to, unless they select namespaces themselves. */
export function withinNamespace(namespace: string | undefined): Selector | undefined {
  if (namespace === undefined || namespace === '') return undefined;
  return { type: 'compare', operator: '==', label: NAMESPACE_LABEL, value: namespace };
}

/**
 * Whether a selector of namespaces or service accounts lets host endpoints through, which have neither: there even all()
 * does not match.
 */
export function matchesHosts(selector: Selector): boolean {
  return matchesSelector(withoutAll(selector), {});
}

function withoutAll(selector: Selector): Selector {
  switch (selector.type) {
    case 'all':
      return { type: 'has', label: '' };
    case 'not':
      return { type: 'not', operand: withoutAll(selector.operand) };
    case 'and':
    case 'or':
      return { ...selector, operands: selector.operands.map(withoutAll) };
    default:
      return selector;
  }
}
