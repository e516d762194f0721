import { CalicoctlError } from '../core/errors.ts';
import type { OptionSpec, Options } from '../kit/options.ts';

/**
 * Brings the ways in which the reference's parser takes flags into the ones that ours takes: `-o=json`,
 * `--recursive=false`, flags anywhere, values that begin with a dash.
 */

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** Values by option name (lists as arrays) and the words that are no options. */
export interface ParsedWords {
  readonly values: Record<string, boolean | string | string[]>;
  readonly words: readonly string[];
  readonly help: boolean;
}

export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

interface Named {
  readonly name: string;
  readonly spec: OptionSpec;
}

/** Parses words against options as the reference's parser does. Throws `usage` errors. */
export function parseWords(argv: readonly string[], options: Options): ParsedWords {
  const byLong = new Map<string, Named>();
  const byShort = new Map<string, Named>();
  for (const [name, spec] of Object.entries(options)) {
    byLong.set(kebabCase(name), { name, spec });
    if (spec.short !== undefined) byShort.set(spec.short, { name, spec });
  }
  return new WordParser(argv, byLong, byShort).parse();
}

class WordParser {
  private readonly values: Record<string, boolean | string | string[]> = {};
  private readonly words: string[] = [];
  private help = false;
  private at = 0;

  constructor(
    private readonly argv: readonly string[],
    private readonly byLong: ReadonlyMap<string, Named>,
    private readonly byShort: ReadonlyMap<string, Named>,
  ) {}

  parse(): ParsedWords {
    while (this.at < this.argv.length) {
      const word = this.argv[this.at++]!;
      if (word === '--') {
        this.words.push(...this.argv.slice(this.at));
        break;
      }
      if (word.startsWith('--')) this.long(word.slice(2));
      else if (word.startsWith('-') && word !== '-') this.cluster(word.slice(1));
      else this.words.push(word);
    }
    return { values: this.values, words: this.words, help: this.help };
  }

  private long(text: string): void {
    const [name, value] = splitAtEquals(text);
    const option = this.byLong.get(name);
    if (option !== undefined) this.set(option, `--${name}`, value);
    else if (name === 'help') this.help = true;
    else throw new CalicoctlError('usage', `unknown flag: --${name}`);
  }

  /** `-An ns1`, `-sf=x.yaml`, `-ojson`: flags up to the first option that takes a value; the rest is its value. */
  private cluster(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const short = text[i]!;
      const option = this.byShort.get(short);
      const rest = text.slice(i + 1);
      if (option === undefined) {
        if (short !== 'h')
          throw new CalicoctlError('usage', `unknown shorthand flag: '${short}' in -${text}`);
        this.help = true;
        continue;
      }
      const value = rest.startsWith('=')
        ? rest.slice(1)
        : option.spec.type === 'flag' || rest === ''
          ? undefined
          : rest;
      this.set(option, `-${short}`, value);
      if (value !== undefined || option.spec.type !== 'flag') return;
    }
  }

  private set({ name, spec }: Named, shown: string, given: string | undefined): void {
    if (spec.type === 'flag') {
      this.values[name] = given === undefined ? true : readFlag(shown, given);
      return;
    }
    const value = given ?? this.argv[this.at++];
    if (value === undefined)
      throw new CalicoctlError('usage', `flag needs an argument: ${shown} ${spec.value}`);
    if (spec.type === 'list')
      this.values[name] = [...((this.values[name] as string[] | undefined) ?? []), value];
    else this.values[name] = value;
  }
}

function readFlag(shown: string, value: string): boolean {
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw new CalicoctlError(
    'usage',
    `invalid argument "${value}" for "${shown}" flag: true or false is needed`,
  );
}

function splitAtEquals(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
