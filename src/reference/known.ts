import { loadAll } from 'js-yaml';
import { isObject } from '../core/json.ts';
import type { Kind } from '../resources/kind.ts';
import type { RuleEntry } from '../validation/rulebook/index.ts';
import { isValid } from './example.ts';

/** The manifests of a kind that explain rules, mended: real ones, where examples made up would say little. */
export function knownManifests(kind: Kind, rules: readonly RuleEntry[]): readonly Record<string, unknown>[] {
  // Staged policies have the fields of those that they stand for.
  const like = kind.kind.replace(/^Staged(?=(Global)?NetworkPolicy$)/, '');
  return rules
    .filter(
      ({ right, kinds }) =>
        [kind.kind, like].some((name) => right.includes(`kind: ${name}\n`)) || kinds.includes(kind.kind),
    )
    .flatMap(({ right }) => documentsOf(right))
    .filter((value) => value['kind'] === kind.kind || value['kind'] === like)
    .map((value) => ({ ...value, kind: kind.kind }))
    .filter((value) => isValid(kind, value));
}

/** The documents of a text that are objects; none of a text that is no YAML. */
export function documentsOf(text: string): readonly Record<string, unknown>[] {
  try {
    return loadAll(text).filter(isObject);
  } catch {
    return [];
  }
}
