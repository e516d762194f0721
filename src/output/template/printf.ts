import { formatNumber, quote } from './format-number.ts';
import { print, printLeaf, printWith, type Rendering, textOf } from './print.ts';
import { type GoValue, indirectInterface, numberOf, typeName } from './values.ts';

/** What stands between `%` and the verb. */
export interface Flags {
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width?: number;
  readonly precision?: number;
}

const DIRECTIVE = /%([-+# 0]*)(?:\[(\d+)\])?(\*|\d+)?(?:\.(?:\[(\d+)\])?(\*|\d*))?(?:\[(\d+)\])?(.|$)/gsu;

type Args = readonly (GoValue | undefined)[];

/** As fmt.Sprintf; what does not fit is shown in the text (`%!d(string=x)`), never thrown. */
export function sprintf(format: string, args: Args, rendering: Rendering): string {
  let next = 0;
  let reordered = false;
  const take = (index: string | undefined): number => {
    if (index === undefined) return next++;
    reordered = true;
    next = Number(index);
    return next - 1;
  };
  const size = (given: string | undefined, index: string | undefined): number | undefined => {
    if (given !== '*') return given === undefined ? undefined : Number(given);
    const arg = args[take(index)];
    return arg ? Number(numberOf(arg)) : undefined;
  };
  const text = format.replace(
    DIRECTIVE,
    (_all, signs: string, first, widthText, second, precisionText, third, verb: string) => {
      if (verb === '%') return '%';
      if (verb === '') return '%!(NOVERB)';
      const width = size(widthText, first);
      const precision = size(precisionText, second);
      const at = take(third ?? (widthText === '*' ? undefined : first));
      if (at >= args.length || at < 0) return `%!${verb}(${third || first ? 'BADINDEX' : 'MISSING'})`;
      return formatArg(args[at], verb, flagsOf(signs, width, precision), rendering);
    },
  );
  return reordered || next >= args.length ? text : text + extra(args.slice(next), rendering);
}

function flagsOf(signs: string, width: number | undefined, precision: number | undefined): Flags {
  return {
    minus: signs.includes('-') || (width ?? 0) < 0,
    plus: signs.includes('+'),
    sharp: signs.includes('#'),
    space: signs.includes(' '),
    zero: signs.includes('0') && !signs.includes('-'),
    ...(width === undefined ? {} : { width: Math.abs(width) }),
    ...(precision === undefined ? {} : { precision }),
  };
}

function extra(args: Args, rendering: Rendering): string {
  const shown = args.map((arg) => (arg ? `${typeName(arg.type)}=${print(arg, rendering)}` : '<nil>'));
  return `%!(EXTRA ${shown.join(', ')})`;
}

function formatArg(given: GoValue | undefined, verb: string, flags: Flags, rendering: Rendering): string {
  const arg = indirectInterface(given);
  if (verb === 'T') return padded(arg ? typeName(arg.type) : '<nil>', flags);
  if (arg === undefined) return verb === 'v' ? padded('<nil>', flags) : `%!${verb}(<nil>)`;
  return printWith(arg, rendering, verb === 'v' && (flags.plus || flags.sharp), (leaf) =>
    formatLeaf(leaf, verb, flags, rendering),
  );
}

function formatLeaf(leaf: GoValue, verb: string, flags: Flags, rendering: Rendering): string {
  const { type } = leaf;
  const text = printLeaf(leaf, rendering);
  if (type.kind === 'string' || (type.kind === 'int' && type.text && 'vsqxX'.includes(verb))) {
    return formatText(text, verb, flags) ?? wrong(leaf, verb, text);
  }
  if (type.kind === 'bool')
    return verb === 't' || verb === 'v' ? padded(text, flags) : wrong(leaf, verb, text);
  // With %v a plus asks for the names of fields, not for a sign.
  const signed = verb === 'v' ? { ...flags, plus: false } : flags;
  const digits = formatNumber(numberOf(leaf), type.kind === 'float', verb, signed);
  if (digits === undefined) return wrong(leaf, verb, text);
  return padded(digits, flags, 'cqU'.includes(verb) ? undefined : signLength(digits));
}

function wrong(leaf: GoValue, verb: string, text: string): string {
  return `%!${verb}(${typeName(leaf.type)}=${text})`;
}

function signLength(digits: string): number {
  return /^[-+ ]/.test(digits) ? 1 : 0;
}

function formatText(text: string, verb: string, flags: Flags): string | undefined {
  const cut = flags.precision === undefined ? text : [...text].slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return padded(flags.sharp ? quote(text) : cut, flags);
    case 's':
      return padded(cut, flags);
    case 'q':
      return padded(flags.sharp && !text.includes('`') ? `\`${cut}\`` : quote(cut), flags);
    case 'x':
    case 'X': {
      const hex = Buffer.from(text).toString('hex');
      return padded(verb === 'x' ? hex : hex.toUpperCase(), flags);
    }
    default:
      return undefined;
  }
}

/** Blanks up to the width; zeros after the sign where asked for and `sign` says how long that is. */
function padded(text: string, { width = 0, minus, zero }: Flags, sign?: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (minus) return text + ' '.repeat(missing);
  if (zero && sign !== undefined) return text.slice(0, sign) + '0'.repeat(missing) + text.slice(sign);
  return ' '.repeat(missing) + text;
}

/** sprintf over values of a template: the format and its arguments in one rendering. */
export function printfText(format: GoValue, args: Args, rendering: Rendering): string {
  return sprintf(textOf(format, rendering), args, rendering);
}
