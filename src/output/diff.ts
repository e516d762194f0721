import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import type { DiffResult } from '../core/result.ts';
import { toYaml } from './formats/yaml.ts';

/** The changes as patches of YAML, then the text. */
export function diffText({ changes, sides, text }: DiffResult): string {
  const patches = changes.map(({ name, before, after }) =>
    unifiedDiff(yaml(before), yaml(after), [`${name} (${sides[0]})`, `${name} (${sides[1]})`]),
  );
  return patches.join('') + text;
}

/** Nothing where there is no value. */
function yaml(value: unknown): string {
  return value === undefined ? '' : toYaml(value);
}

/** The unified diff of two texts with three lines of context; empty where they are the same. */
export function unifiedDiff(left: string, right: string, [before, after]: readonly [string, string]): string {
  if (left === right) return '';
  const patch = structuredPatch(before, after, left, right, undefined, undefined, { context: 3 });
  return formatPatch(patch, FILE_HEADERS_ONLY);
}
