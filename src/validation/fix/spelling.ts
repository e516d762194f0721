import type { Fix } from '../../core/errors.ts';
import type { Finding } from '../../core/result.ts';
import { constructYaml } from '../../input/construct.ts';
import { resolvePlain } from '../../input/scalars.ts';

export type Quoting = 'plain' | 'single' | 'double';

/** What has to stand for a value where another was written in this way; what reads the same unquoted stays unquoted. */
export function spell(value: string | number, quoting: Quoting): string {
  if (typeof value === 'number') return String(value);
  if (quoting === 'plain' && readsPlain(value)) return value;
  // Quotes of JSON are quotes of YAML too; there is nothing that they cannot hold.
  const isSingle = quoting === 'single' && !/\p{C}/u.test(value);
  return isSingle ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

/** Whether text without quotes is read as this text, even within brackets. */
function readsPlain(text: string): boolean {
  if (text.trim() !== text || /[\r\n]/.test(text) || resolvePlain(text) !== text) return false;
  try {
    const value = constructYaml({ file: '', text: `{a: [${text}]}`, line: 0, column: 0 });
    return JSON.stringify(value) === JSON.stringify({ a: [text] });
  } catch {
    return false;
  }
}

/** What stands in place of a key or a value. */
export function fixedTo(fix: Fix): string | number {
  return 'key' in fix ? fix.key : fix.value;
}

/** What is to be written where a finding stands, if that is known from its line alone; for formats that propose it. */
export function replacementOf({ fix, place, source }: Finding): string | undefined {
  if (fix === undefined || source === undefined || place?.end === undefined) return undefined;
  const { line, column = 1, end } = place;
  if (end.line !== line) return undefined;
  const written = [...source].slice(column - 1, end.column - 1).join('');
  // Tags and anchors stand before the value; where it begins is not known here.
  if (written === '' || /^[&!]/.test(written)) return undefined;
  return spell(fixedTo(fix), written[0] === '"' ? 'double' : written[0] === "'" ? 'single' : 'plain');
}
