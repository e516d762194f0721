import type { DiffResult } from '../core/result.ts';
import { toYaml } from './formats/yaml.ts';
import { unifiedDiff } from './unified.ts';

/** The changes as patches of YAML, then the text. */
export function diffText({ changes, sides, text }: DiffResult): string {
  const patches = changes.map(({ name, before, after }) =>
    unifiedDiff(lines(before), lines(after), [`${name} (${sides[0]})`, `${name} (${sides[1]})`]),
  );
  return patches.join('') + text;
}

/** Nothing where there is no value. */
function lines(value: unknown): readonly string[] {
  return value === undefined ? [] : toYaml(value).replace(/\n$/, '').split('\n');
}
