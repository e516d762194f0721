import { CalicoctlError, type FieldPath, formatValue } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/** How the elements of a merging list are told apart: by a key of theirs, or by the value itself. */
export interface MergeList {
  readonly key?: string;
}

type MergeMap = (original: JsonObject, patch: JsonObject, path: FieldPath) => JsonObject;

/** An `input` error about a directive, with the field concerned as its problem. */
export function badDirective(
  message: string,
  path: FieldPath,
  value: Json | undefined,
  why: string,
): CalicoctlError {
  return new CalicoctlError('input', message, { problems: [{ path, value, message: why }] });
}

/** An `input` error for a `$patch` that is none of the known words. */
export function unknownDirective(path: FieldPath, directive: Json): CalicoctlError {
  const name = typeof directive === 'string' ? directive : formatValue(directive);
  return badDirective(`unknown patch type: ${name}`, path, directive, 'is none of replace, delete, merge');
}

/**
 * The two lists as one: elements with the same identity merge, new ones come in. What the patch names keeps the
 * patch's order, the others theirs, and new ones go first.
 */
export function mergeList(
  original: readonly Json[],
  patch: readonly Json[],
  rule: MergeList,
  path: FieldPath,
  mergeMap: MergeMap,
): readonly Json[] {
  checkElements([...original, ...patch], rule, path);
  if (rule.key === undefined)
    return inOrder([...new Set([...original, ...patch])], patch, original, identity);
  const identify = byKey(rule.key, path);
  const { base, changes } = applyElementDirectives(original, patch, identify, path);
  const merged = [...base];
  for (const change of changes) {
    const index = merged.findIndex((item) => identify(item) === identify(change));
    if (index < 0) merged.push(change);
    else merged[index] = mergeMap(merged[index] as JsonObject, change as JsonObject, [...path, index]);
  }
  return inOrder(merged, changes, base, identify);
}

/** The list without the named elements; of a list that merges by a key it means a merge, as in apimachinery. */
export function removeFromList(
  original: readonly Json[],
  named: readonly Json[],
  rule: MergeList,
  path: FieldPath,
  mergeMap: MergeMap,
): readonly Json[] {
  if (rule.key !== undefined) return mergeList(original, named, rule, path, mergeMap);
  checkElements([...original, ...named], rule, path);
  const gone = new Set(named);
  return original.filter((item) => !gone.has(item));
}

/** The merged list in the order of a `$setElementOrder` directive; undefined where there is no list at all. */
export function orderList(
  original: readonly Json[] | undefined,
  patch: readonly Json[] | undefined,
  order: readonly Json[],
  rule: MergeList | undefined,
  path: FieldPath,
  mergeMap: MergeMap,
): readonly Json[] | undefined {
  const identify = rule?.key === undefined ? identity : byKey(rule.key, path);
  checkOrder(patch ?? [], order, identify, path);
  if (!original && !patch) return undefined;
  // In a list that was not there, a directive has nothing to act upon.
  if (!original)
    return inOrder(
      patch!.filter((item) => !isSpecial(item)),
      order,
      [],
      identify,
    );
  const merged = patch && rule ? mergeList(original, patch, rule, path, mergeMap) : (patch ?? original);
  return inOrder(merged, order, original, identify);
}

type Identify = (item: Json) => Json | undefined;

const identity: Identify = (item) => item;

function byKey(key: string, path: FieldPath): Identify {
  return (item) => {
    const value = isObject(item) ? (item as JsonObject)[key] : undefined;
    if (value !== undefined) return value;
    throw badDirective(`elements of ${path.join('.')} merge by their ${key}`, path, item, `has no ${key}`);
  };
}

/** Elements must be objects where they merge by a key, and plain values where they do not. */
function checkElements(items: readonly Json[], rule: MergeList, path: FieldPath): void {
  const bad = items.find((item) =>
    rule.key === undefined ? typeof item === 'object' && item !== null : !isObject(item),
  );
  if (bad === undefined) return;
  const wanted = rule.key === undefined ? 'is not a plain value' : 'is not an object';
  throw badDirective(`elements of ${path.join('.')} cannot be merged`, path, bad, wanted);
}

/** An element that says what to do, rather than what to be. */
function isSpecial(item: Json): boolean {
  return isObject(item) && Object.hasOwn(item, '$patch');
}

interface ListChange {
  readonly base: readonly Json[];
  readonly changes: readonly Json[];
}

/** Carries out the `$patch` directives among the elements; what remains of the patch are plain changes. */
function applyElementDirectives(
  original: readonly Json[],
  patch: readonly Json[],
  identify: Identify,
  path: FieldPath,
): ListChange {
  const changes = patch.filter((item) => !isSpecial(item));
  let base = original;
  let replaced = false;
  for (const item of patch.filter(isSpecial)) {
    const directive = (item as JsonObject)['$patch'] ?? null;
    if (directive === 'delete') base = base.filter((other) => identify(other) !== identify(item));
    else if (directive === 'replace') replaced = true;
    else if (directive === 'merge') {
      throw badDirective(
        'merging lists cannot be specified in the patch',
        path,
        item,
        'needs no $patch to merge',
      );
    } else throw unknownDirective(path, directive);
  }
  return replaced ? { base: changes, changes: [] } : { base, changes };
}

/** The elements a patch sets must stand in its order directive, and in the same order. */
function checkOrder(
  patch: readonly Json[],
  order: readonly Json[],
  identify: Identify,
  path: FieldPath,
): void {
  if (order.length === 0) return;
  let next = 0;
  for (const item of patch) {
    if (isSpecial(item)) continue;
    while (next < order.length && identify(order[next]!) !== identify(item)) next += 1;
    if (next === order.length) {
      throw badDirective(
        `the order of ${path.join('.')} does not match its $setElementOrder`,
        path,
        item,
        'is out of order',
      );
    }
    next += 1;
  }
}

/**
 * Elements named in `order` in that order, the others in the order they had; an unnamed one stays before a named one
 * only where it was before it already.
 */
function inOrder(
  items: readonly Json[],
  order: readonly Json[],
  previous: readonly Json[],
  identify: Identify,
): readonly Json[] {
  const wanted = rank(order, identify);
  const former = rank(previous, identify);
  const place = (ranks: ReadonlyMap<unknown, number>) => (item: Json) => ranks.get(identify(item)) ?? -1;
  const sorted = (part: readonly Json[], ranks: ReadonlyMap<unknown, number>) =>
    part.toSorted((left, right) => place(ranks)(left) - place(ranks)(right));
  const named = sorted(
    items.filter((item) => wanted.has(identify(item))),
    wanted,
  );
  const others = sorted(
    items.filter((item) => !wanted.has(identify(item))),
    former,
  );
  const result: Json[] = [];
  for (const item of named) {
    const at = place(former)(item);
    while (others.length > 0 && standsBefore(place(former)(others[0]!), at)) result.push(others.shift()!);
    result.push(item);
  }
  return [...result, ...others];
}

/** Both must have had a place. */
function standsBefore(left: number, right: number): boolean {
  return left >= 0 && left < right;
}

function rank(list: readonly Json[], identify: Identify): ReadonlyMap<unknown, number> {
  const ranks = new Map<unknown, number>();
  for (const [index, item] of list.entries()) {
    if (!ranks.has(identify(item))) ranks.set(identify(item), index);
  }
  return ranks;
}
