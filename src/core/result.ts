import type { CalicoctlError, Problem } from './errors.ts';

/** What a command returns: a value that one renderer turns into bytes. */
export type Result =
  | TextResult
  | OutcomeResult
  | ResourcesResult
  | DataResult
  | TableResult
  | GridResult
  | StreamResult
  | SequenceResult
  | DiffResult
  | ReportResult;

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

/** Rows under headings in a frame, as `ipam show` and `node status` print them. */
export interface GridResult {
  readonly type: 'grid';
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Indexes of the columns whose cells stand at the right edge. */
  readonly right?: readonly number[];
}

/** Text that is printed as it comes. What is thrown on the way is told behind what was printed. */
export interface StreamResult {
  readonly type: 'stream';
  readonly chunks: AsyncIterable<string>;
  /** Exit status, asked for at the end; 0 when absent. */
  readonly status?: () => number;
}

/** Several results one behind the other. The exit status is the highest of theirs and `status`. */
export interface SequenceResult {
  readonly type: 'sequence';
  readonly results: readonly Result[];
  readonly status?: number;
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

export type Severity = 'error' | 'warning';

/** A problem of a resource, or of a document that is none, as `validate` reports it. */
export interface Finding extends Problem {
  readonly rule: string;
  readonly severity: Severity;
  /** `Kind(name)` or `Kind(namespace/name)`; absent for what is no resource. */
  readonly resource?: string;
  /** The line of input where it stands, without its end. */
  readonly source?: string;
  /** The datastore holds it so already: it is told, and never makes the command fail. */
  readonly already?: true;
}

/** What is known of a rule beside its breaches. */
export interface RuleSummary {
  readonly id: string;
  readonly severity: Severity;
  /** What must hold, in one sentence. */
  readonly doc: string;
  /** Why, and what happens otherwise. */
  readonly why: string;
}

export const REPORT_FORMATS = ['text', 'json', 'junit', 'sarif', 'github'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A resource that was looked at. */
export interface Examined {
  /** `Kind(name)` or `Kind(namespace/name)`. */
  readonly resource: string;
  readonly file?: string;
  readonly line?: number;
}

/** What `validate` found. Its exit status is 1 where a finding is as severe as `failOn`. */
export interface ReportResult {
  readonly type: 'report';
  readonly format: ReportFormat;
  /** Resources looked at. */
  readonly total: number;
  /** Resources without an error; absent where a document could not be read, so that nothing is said of the others. */
  readonly valid: number | undefined;
  /** Their common kind, when they have one. */
  readonly kind: string | undefined;
  /** In input order. */
  readonly findings: readonly Finding[];
  /** Every resource in input order; only where the format names those without findings too (`junit`). */
  readonly examined?: readonly Examined[];
  /** Findings that were suppressed. */
  readonly suppressed: number;
  readonly failOn: Severity;
  /** Not everything that should have been looked at may be seen: the command fails, whatever was found. */
  readonly incomplete?: true;
  /** Counts by rule and by file behind the findings. */
  readonly summary: boolean;
  /** What `fix` has to be written as at the finding's place; only where the format tells it (`sarif`). */
  readonly replacement?: (finding: Finding) => string | undefined;
  /** Tells about the rules that findings name. */
  readonly explain: (ids: ReadonlySet<string>) => Promise<readonly RuleSummary[]>;
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
