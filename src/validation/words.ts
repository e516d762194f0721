import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

interface Words {
  readonly kind: string | undefined;
  readonly names: readonly string[];
  readonly filename: readonly string[];
}

/**
 * The words of the command line where they are files: pre-commit and shell patterns give files without -f, in the place
 * of a kind and names. No kind has a dot or a slash in it. Files of -f come first.
 */
export function withFilesAmongWords<W extends Words>(input: W, cwd: string): W {
  const { kind, names, filename } = input;
  if (kind === undefined || !looksLikeFile(kind, cwd)) return input;
  return { ...input, kind: undefined, names: [], filename: [...filename, kind, ...names] };
}

function looksLikeFile(word: string, cwd: string): boolean {
  if (/[/\\]|\.(ya?ml|json)$/i.test(word)) return true;
  return word.includes('.') && existsSync(resolve(cwd, word));
}
