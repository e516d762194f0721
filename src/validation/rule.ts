import type { FieldPath, Place, Problem } from '../core/errors.ts';
import type { Severity } from '../core/result.ts';
import type { Fault, Kind, Ref, Resource } from '../resources/kind.ts';

/** A resource under examination: from the input, or from the datastore. */
export interface Subject {
  readonly kind: Kind;
  /** Its namespace resolved. */
  readonly ref: Ref;
  /** In normal form, schema defaults not filled in. */
  readonly resource: Resource;
  /** `Kind(name)` or `Kind(namespace/name)`. */
  readonly name: string;
  /** Number among all that are examined, from 0; findings are told in this order. */
  readonly ordinal: number;
  /** File and first line of its document, at no cost; absent for what the datastore holds. */
  readonly start?: Place | undefined;
  /** Where a field of it stands. Takes time and keeps no document in memory: for the few that need it. */
  spot(path: FieldPath, at?: 'key' | 'value'): Spot;
}

/** A field of a subject, small enough to be kept. */
export interface Spot {
  readonly ordinal: number;
  readonly resource: string;
  readonly path: FieldPath;
  readonly at?: 'key' | 'value' | undefined;
  readonly place?: Place | undefined;
  readonly source?: string | undefined;
}

/** What makes a rule understood; every rule has it (rulebook/, or the file of a lint rule itself). */
export interface Explanation {
  /** Why it has to hold and what happens otherwise: one to three sentences. */
  readonly why: string;
  /** Manifests in YAML that break this rule and no other. */
  readonly wrong: string;
  /** The same, mended; breaks no rule at all. */
  readonly right: string;
  /** What the datastore holds beforehand, for rules about that. */
  readonly stored?: string;
  /**
   * Where no manifest breaks the rule by itself: what to write behind `calicoctl`. `wrong` and `right` are then in the
   * file `manifest.yaml` of the current folder.
   */
  readonly command?: { readonly wrong: string; readonly right: string };
}

/** A lint rule about one resource: legal, but hardly what was meant. Always a warning. */
export interface LintRule extends Explanation {
  /** `CAL2` and three digits. */
  readonly id: string;
  /** What should hold, in one sentence. */
  readonly doc: string;
  /** Kinds that it looks at; every kind where absent. */
  readonly kinds?: readonly string[];
  readonly check: (resource: Resource, kind: Kind) => Iterable<Fault>;
}

/** A fault between resources, told of one of them. */
export interface AcrossFault extends Omit<Problem, 'path' | 'place' | 'at'> {
  readonly spot: Spot;
}

/** A rule about all resources together. */
export interface AcrossRule {
  readonly id: string;
  readonly doc: string;
  /** Where only files are known a datastore may hold what is missing, and the reference accepts it: often a warning. */
  readonly severity: Readonly<Record<'offline' | 'live', Severity>>;
  readonly kinds?: readonly string[];
  /** Begins to look: what it keeps of each resource has to be little. */
  readonly start: () => {
    see(subject: Subject): void;
    /** Called once, when all have been seen. */
    faults(): Iterable<AcrossFault>;
  };
}

/** A lint rule about all resources together; as those about one, it explains itself. */
export interface AcrossLintRule extends AcrossRule, Explanation {}
