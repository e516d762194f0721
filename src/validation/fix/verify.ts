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
  /** By what they change in the fields that they mean; many may say the same. */
  readonly #edits = new Map<string, Edit[]>();

  constructor(edits: readonly Edit[]) {
    for (const edit of edits)
      for (const path of edit.paths) {
        const key = keyOf(edit, path);
        const known = this.#edits.get(key);
        if (known === undefined) this.#edits.set(key, [edit]);
        else known.push(edit);
      }
  }

  same(before: unknown, after: unknown, path: FieldPath): boolean {
    if (Array.isArray(before) && Array.isArray(after))
      return (
        before.length === after.length && before.every((item, i) => this.same(item, after[i], [...path, i]))
      );
    if (isObject(before) && isObject(after)) return this.#sameFields(before, after, path);
    if (before === after) return true;
    if (typeof after !== 'string' && typeof after !== 'number') return false;
    return this.#isMeant({ what: 'value', from: String(before), to: after }, path);
  }

  #sameFields(before: Record<string, unknown>, after: Record<string, unknown>, path: FieldPath): boolean {
    const names = Object.keys(before);
    if (names.length !== Object.keys(after).length) return false;
    return names.every((name) => {
      const now = Object.hasOwn(after, name) ? name : this.#renamed(name, after, [...path, name]);
      if (now === undefined || !Object.hasOwn(after, now) || (now !== name && Object.hasOwn(before, now)))
        return false;
      return this.same(before[name], after[now], [...path, name]);
    });
  }

  #renamed(name: string, after: Record<string, unknown>, path: FieldPath): string | undefined {
    return Object.keys(after).find((to) => this.#isMeant({ what: 'key', from: name, to }, path));
  }

  /** Paths of findings begin at the resource, which may be an item of a list. */
  #isMeant(change: Pick<Edit, 'what' | 'from' | 'to'>, path: FieldPath): boolean {
    let isMeant = false;
    for (let at = 0; at < path.length; at++) {
      const edits = this.#edits.get(keyOf(change, path.slice(at)));
      if (edits === undefined) continue;
      isMeant = true;
      // All of these are then seen, and none has to be gone through again.
      for (const edit of edits.splice(0)) this.seen.add(edit);
    }
    return isMeant;
  }
}

/** Calico's field names are read in any letter case. */
function keyOf({ what, from, to }: Pick<Edit, 'what' | 'from' | 'to'>, path: FieldPath): string {
  return JSON.stringify([what, from, to, path.map((step) => String(step).toLowerCase())]);
}
