import { CalicoctlError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Command } from '../kit/command.ts';
import { globalOptions } from '../kit/options.ts';
import { kebabCase } from './argv.ts';

/** What is known of a command before its file is loaded. */
export interface CommandEntry {
  readonly words: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<{ readonly default: Command }>;
}

/** Words that only lead to further commands. */
export interface GroupEntry {
  readonly words: readonly string[];
  readonly summary: string;
}

/** What a command line asks for. */
export type Target =
  | { readonly type: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  | { readonly type: 'help'; readonly words: readonly string[] };

/** Finds the command that the leading words name; only global flags may stand before them. */
export function findCommand(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  program: string,
): Target {
  const before: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word.startsWith('-') && word !== '-') {
      if (word === '--help' || word === '-h') return { type: 'help', words };
      const taken = globalFlagLength(word);
      before.push(...argv.slice(i, i + taken));
      i += taken - 1;
      continue;
    }
    if (words.length === 0 && word === 'help')
      return { type: 'help', words: argv.slice(i + 1).filter((part) => !part.startsWith('-')) };
    words.push(word);
    const command = commands.find((entry) => equalWords(entry.words, words));
    if (command !== undefined)
      return { type: 'command', entry: command, rest: [...before, ...argv.slice(i + 1)] };
    if (!commands.some((entry) => equalWords(entry.words.slice(0, words.length), words)))
      return unknownWord(words, commands, program);
  }
  return { type: 'help', words };
}

/** The reference shows a group's help, with success, when the word after it is not known; at the root it is an error. */
function unknownWord(words: readonly string[], commands: readonly CommandEntry[], program: string): Target {
  if (words.length > 1) return { type: 'help', words: words.slice(0, -1) };
  const roots = new Set(commands.map((entry) => entry.words[0]!));
  throw new CalicoctlError(
    'usage',
    `unknown command "${words[0]}" for "${program}"${didYouMean(words[0]!, roots)}`,
    {
      hint: `Run \`${program} --help\` for the commands.`,
    },
  );
}

function equalWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

/** How many words a global flag takes, its value included. Other flags may not stand before the command. */
function globalFlagLength(word: string): number {
  for (const [name, spec] of Object.entries(globalOptions)) {
    const short: string | undefined = (spec as { short?: string }).short;
    const long = `--${kebabCase(name)}`;
    if (word === long || (short !== undefined && word === `-${short}`)) return spec.type === 'flag' ? 1 : 2;
    if (word.startsWith(`${long}=`) || (short !== undefined && word.startsWith(`-${short}`))) return 1;
  }
  throw new CalicoctlError('usage', `unknown flag before the command: ${word}`, {
    hint: 'Write the command first, then its flags.',
  });
}
