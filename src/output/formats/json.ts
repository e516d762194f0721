import { stringifyJson } from '../../core/json.ts';
import type { ListParts } from './yaml.ts';

const STEP = 2;

/** The value as the reference prints it: two blanks a level, `<`, `>` and `&` escaped, no newline at the end. */
export function toJson(value: unknown): string {
  return stringifyJson(value, STEP) ?? 'null';
}

function indented(value: unknown, levels: number): string {
  return toJson(value).replaceAll('\n', `\n${' '.repeat(levels * STEP)}`);
}

/** The same text as toJson of the whole list, a chunk a page. */
export async function* jsonList({ apiVersion, kind, items, metadata }: ListParts): AsyncGenerator<string> {
  let begun = false;
  const head = () => {
    const parts = { kind, apiVersion, metadata: metadata() };
    return `${toJson(parts).slice(0, -2)},\n  "items": [`;
  };
  for await (const page of items) {
    if (page.length === 0) continue;
    const text = page.map((item) => `\n    ${indented(item, 2)}`).join(',');
    yield (begun ? ',' : head()) + text;
    begun = true;
  }
  yield begun ? '\n  ]\n}' : `${head()}]\n}`;
}
