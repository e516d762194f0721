import type { CalicoctlError } from './errors.ts';

/** What a command returns: a value that one renderer turns into bytes. */
export type Result = TextResult | OutcomeResult | ResourcesResult | DataResult | TableResult | DiffResult;

/** Lines to print as they are. */
export interface TextResult {
  readonly type: 'text';
  readonly text: string;
  /** What went wrong besides; printed on stderr, exit status 1. */
  readonly errors?: readonly CalicoctlError[];
}

/** Rows under headings, laid out as the tables of `get`. */
export interface TableResult {
  readonly type: 'table';
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A structured value for `-o json|yaml`. */
export interface DataResult {
  readonly type: 'data';
  readonly format: 'json' | 'yaml';
  readonly value: unknown;
  /** `value` is a list of documents: YAML as a stream of them, JSON as a Kubernetes list. */
  readonly documents?: true;
}

/** Values before and after, as unified diffs of their YAML. */
export interface DiffResult {
  readonly type: 'diff';
  readonly changes: readonly {
    readonly name: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  /** What the two sides are. */
  readonly sides: readonly [before: string, after: string];
  /** Lines behind the diffs. */
  readonly text: string;
}

export type BulkVerb = 'create' | 'apply' | 'replace' | 'delete' | 'validate' | 'patch';

/** What became of many resources. */
export interface OutcomeResult {
  readonly type: 'outcome';
  readonly verb: BulkVerb;
  /** Resources in the input. */
  readonly total: number;
  /** Done, skipped ones included. */
  readonly handled: number;
  /** Their common kind, when they have one. */
  readonly kind: string | undefined;
  /** In input order. */
  readonly errors: readonly CalicoctlError[];
  /** Resources that may or may not have been changed, for the answer was lost; some of `errors` may tell why. */
  readonly unknown?: readonly string[];
  /** Resources that were left out, since others of their kind and namespace had all been refused. */
  readonly leftOut?: readonly LeftOut[];
  /** Why the work ended before its end; absent when all resources were tried. */
  readonly stopped?: { readonly why: string; readonly interrupted: boolean };
}

/** Resources of one kind in one namespace. */
export interface LeftOut {
  readonly kind: string;
  readonly namespace?: string;
  readonly count: number;
}

export type OutputFormat =
  | { readonly type: 'ps' | 'wide' | 'yaml' | 'json' | 'name' }
  | { readonly type: 'columns'; readonly headings: readonly string[] }
  | { readonly type: 'template'; readonly text: string };

/** One object, or one list, of a kind. */
export interface ResourceSet {
  readonly kind: string;
  /** A list request; absent for an object asked for by name. */
  readonly list: boolean;
  /** Pages of resources; each is a JSON document. */
  readonly pages: AsyncIterable<{ readonly items: readonly object[]; readonly version?: string }>;
  readonly headings: readonly string[];
  readonly cells: (resource: object) => readonly string[];
}

/** What `get` found. */
export interface ResourcesResult {
  readonly type: 'resources';
  readonly format: OutputFormat;
  readonly sets: readonly ResourceSet[];
  /** Those that could not be read, in the order asked for. */
  readonly errors: readonly CalicoctlError[];
  /** For templates: value of `config "asnumber"`. */
  readonly asNumber?: () => Promise<string>;
}
