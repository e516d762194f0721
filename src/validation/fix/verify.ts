import type { FieldPath } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { Edit } from './edits.ts';

/**
 * Whether a document reads the same but for what the edits are about: each difference is the change of an edit in a
 * field that it means, and each edit has changed something.
 */
export function readsAsEdited(before: unknown, after: unknown, edits: readonly Edit[]): boolean {
  const comparison = new Comparison(edits);
  return comparison.same(before, after, []) && comparison.seen.size === edits.length;
}

class Comparison {
  readonly seen = new Set<Edit>();
  readonly #edits: readonly Edit[];

  constructor(edits: readonly Edit[]) {
    this.#edits = edits;
  }

  same(before: unknown, after: unknown, path: FieldPath): boolean {
    if (Array.isArray(before) && Array.isArray(after))
      return (
        before.length === after.length && before.every((item, i) => this.same(item, after[i], [...path, i]))
      );
    if (isObject(before) && isObject(after)) return this.#sameFields(before, after, path);
    return before === after || this.#isEdited('value', before, after, path);
  }

  #sameFields(before: Record<string, unknown>, after: Record<string, unknown>, path: FieldPath): boolean {
    const names = Object.keys(before);
    if (names.length !== Object.keys(after).length) return false;
    return names.every((name) => {
      const now = Object.hasOwn(after, name) ? name : this.#renamed(name, [...path, name]);
      if (now === undefined || !Object.hasOwn(after, now) || (now !== name && Object.hasOwn(before, now)))
        return false;
      return this.same(before[name], after[now], [...path, name]);
    });
  }

  #renamed(name: string, path: FieldPath): string | undefined {
    const edit = this.#edits.find((one) => one.what === 'key' && one.from === name && means(one, path));
    if (edit === undefined) return undefined;
    this.seen.add(edit);
    return String(edit.to);
  }

  #isEdited(what: Edit['what'], before: unknown, after: unknown, path: FieldPath): boolean {
    const edits = this.#edits.filter(
      (one) => one.what === what && one.from === String(before) && one.to === after && means(one, path),
    );
    for (const edit of edits) this.seen.add(edit);
    return edits.length > 0;
  }
}

/** Paths of findings begin at the resource, which may be an item of a list. */
function means({ paths }: Edit, path: FieldPath): boolean {
  return paths.some((meant) => {
    const end = path.slice(path.length - meant.length);
    return (
      end.length === meant.length &&
      end.every((step, i) => String(step).toLowerCase() === String(meant[i]).toLowerCase())
    );
  });
}
