import { CalicoctlError } from '../core/errors.ts';
import type { OutputFormat } from '../core/result.ts';

/** Options as data. The type of a command's input follows from them. */
export type OptionSpec = FlagSpec | TextSpec | ListSpec;

interface Common {
  readonly short?: string;
  readonly doc: string;
  readonly hidden?: boolean;
}
export interface FlagSpec extends Common {
  readonly type: 'flag';
}
export interface TextSpec extends Common {
  readonly type: 'text';
  /** Placeholder in help, e.g. FILE. */
  readonly value: string;
  readonly default?: string;
}
export interface ListSpec extends Common {
  readonly type: 'list';
  readonly value: string;
}

export type Options = Readonly<Record<string, OptionSpec>>;

type OptionValue<S extends OptionSpec> = S extends FlagSpec
  ? boolean
  : S extends ListSpec
    ? readonly string[]
    : S extends { readonly default: string }
      ? string
      : string | undefined;

export type OptionValues<O extends Options> = { readonly [Name in keyof O]: OptionValue<O[Name]> };

/** Options of every command. */
export const globalOptions = {
  logLevel: {
    type: 'text',
    short: 'l',
    value: 'LEVEL',
    default: 'panic',
    doc: 'Log level: panic, fatal, error, warn, info, debug or trace.',
  },
  context: { type: 'text', value: 'NAME', doc: 'Context of the kubeconfig to use.' },
  allowVersionMismatch: { type: 'flag', doc: 'Go on although client and cluster versions differ.' },
  requestTimeout: {
    type: 'text',
    value: 'DURATION',
    doc: 'How long to wait for the datastore, e.g. 10s; 0 waits for ever (default "10s").',
  },
  as: { type: 'text', value: 'USER', doc: 'User to act for in Kubernetes.' },
  asGroup: { type: 'list', value: 'GROUP', doc: 'Group to act for, together with --as; may be repeated.' },
  asUid: { type: 'text', value: 'UID', doc: 'UID to act for, together with --as.' },
  qps: {
    type: 'text',
    value: 'NUMBER',
    doc: 'Requests a second to Kubernetes; 0, the default, for no limit.',
  },
} as const satisfies Options;

export const configOption = {
  config: {
    type: 'text',
    short: 'c',
    value: 'FILE',
    doc: 'Connection configuration in YAML or JSON (default "/etc/calico/calicoctl.cfg"; without that file, the environment).',
  },
} as const satisfies Options;

export const namespaceOption = {
  namespace: { type: 'text', short: 'n', value: 'NAMESPACE', doc: 'Namespace of a namespaced resource.' },
} as const satisfies Options;

export const inputOptions = {
  filename: {
    type: 'list',
    short: 'f',
    value: 'FILE',
    doc: 'File, folder or - (standard input) to read resources from; may be repeated.',
  },
  recursive: { type: 'flag', short: 'R', doc: 'Descend into the folders below one given by -f.' },
  skipEmpty: { type: 'flag', doc: 'Files and folders without resources are no error.' },
} as const satisfies Options;

const SIMPLE = { ps: 'ps', wide: 'wide', yaml: 'yaml', yml: 'yaml', json: 'json', name: 'name' } as const;

/** Reads the value of `-o`; `readFile` is asked for the text of go-template-file. */
export async function parseOutputFormat(
  value: string,
  readFile: (path: string) => Promise<string>,
): Promise<OutputFormat> {
  if (Object.hasOwn(SIMPLE, value)) return { type: SIMPLE[value as keyof typeof SIMPLE] };
  const [word, rest = ''] = splitOnce(value, '=');
  if (word === 'custom-columns') {
    if (rest === '')
      throw new CalicoctlError('usage', 'need to specify at least one column: custom-columns=NAME,CIDR');
    return { type: 'columns', headings: rest.split(',') };
  }
  if (word === 'go-template') {
    if (rest === '')
      throw new CalicoctlError(
        'usage',
        'need to specify a template: go-template={{range .}}{{.Name}}{{end}}',
      );
    return { type: 'template', text: rest };
  }
  if (word === 'go-template-file') {
    if (rest === '')
      throw new CalicoctlError('usage', 'need to specify a template file: go-template-file=report.tmpl');
    return { type: 'template', text: await readFile(rest) };
  }
  throw new CalicoctlError('usage', `unrecognized output format '${value}'`, {
    hint: 'Use yaml, json, ps, wide, name, custom-columns=…, go-template=… or go-template-file=….',
  });
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** The word that was given, one of those there are; undefined where none was. Throws `usage` for any other. */
export function oneOf<T extends string>(
  words: readonly T[],
  what: string,
  value: string | undefined,
  told = words.join(', '),
): T | undefined {
  const word = words.find((each) => each === value);
  if (word !== undefined || value === undefined) return word;
  throw new CalicoctlError('usage', `unrecognized ${what} '${value}': use ${told}`);
}

/** The format of structured values; undefined where text is wanted. */
export function dataFormat(value: string | undefined): 'json' | 'yaml' | undefined {
  return oneOf(['json', 'yaml'], 'output format', value, 'json or yaml');
}
