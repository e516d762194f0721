import type { Problem } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Definition } from './definition.ts';
import type { Schema, Value } from './schema.ts';

export const API_VERSION = 'projectcalico.org/v3';

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

/** An object of a kind in Calico's v3 form. `Spec` is the type of its declared fields; unknown ones may stand beside. */
export interface Resource<Spec = JsonObject> {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec: Spec;
  status?: unknown;
}

/** Which object: its kind, its namespace where the kind has one, its name. */
export interface Ref {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name: string;
}

export type Verb = 'create' | 'apply' | 'replace' | 'delete' | 'get' | 'patch' | 'label';
export const ALL_VERBS: readonly Verb[] = ['create', 'apply', 'replace', 'delete', 'get', 'patch', 'label'];

/** What a column may need beyond the resource itself; looked up once per table, and only when a shown column asks. */
export interface ColumnFacts {
  /** AS number nodes inherit, as text: the default BGPConfiguration's, `64512`, or `unknown` where it cannot be read. */
  readonly defaultAsNumber: string;
}

export type Column<Spec> = (resource: Resource<Spec>, facts: ColumnFacts) => string;

/** A fault a rule found; the path starts at the resource (`['spec', 'cidr']`). */
export type Fault = Omit<Problem, 'place'>;

/** A semantic rule of a kind, beyond what its schema says. */
export interface Rule<Spec = JsonObject> {
  /** Stable for ever: `CAL` and four digits, unique among all kinds. */
  readonly id: string;
  /** What must hold, in one sentence. */
  readonly doc: string;
  readonly check: (resource: Resource<Spec>) => Iterable<Fault>;
  /** Looked at on create and update only: `validate` passes what breaks it, as the reference does. */
  readonly onWrite?: boolean;
}

/** What may not change of an object that is stored. */
export interface UpdateRule<Spec = JsonObject> {
  readonly id: string;
  readonly doc: string;
  readonly check: (resource: Resource<Spec>, stored: Resource<Spec>) => Iterable<Fault>;
}

export interface KindDeclaration<S extends Schema, T extends Schema = Schema> {
  /** As in `kind:` of a manifest. */
  readonly kind: string;
  /** As in storage keys and API paths. */
  readonly plural: string;
  /** Further names on the command line, lower case; kind and plural are always understood. */
  readonly aliases?: readonly string[];
  readonly scope: 'cluster' | 'namespaced';
  /** One sentence: what it is. */
  readonly doc: string;
  readonly spec: S;
  readonly status?: T;
  /** All verbs unless given. */
  readonly verbs?: readonly Verb[];
  /** Client-side defaults, applied on every write before checking. Pure: returns the spec (or metadata) to use. */
  readonly defaults?: (resource: Resource<Value<S>>) => Resource<Value<S>>;
  /** Defaults also shown for stored objects that lack them. */
  readonly readDefaults?: (resource: Resource<Value<S>>) => Resource<Value<S>>;
  readonly columns: Readonly<Record<string, Column<Value<S>>>>;
  /** Headings of the default table, in order. */
  readonly narrow: readonly string[];
  /** Headings of `-o wide`; the default table's unless given. */
  readonly wide?: readonly string[];
  /** Order of a list where it is not by key. */
  readonly sort?: (a: Resource<Value<S>>, b: Resource<Value<S>>) => number;
  /** The only name an object of this kind may have. */
  readonly singleton?: string;
  readonly rules?: readonly Rule<Value<S>>[];
  readonly updateRules?: readonly UpdateRule<Value<S>>[];
  /** How the API server is told of it; absent for kinds that are no custom resources. */
  readonly definition?: Definition;
  /** Not reachable by name on the command line nor in manifests; kept for IPAM. */
  readonly internal?: boolean;
  /**
   * Of which objects of another API it is made, e.g. `NetworkPolicy of networking.k8s.io/v1`: shown by the Kubernetes
   * datastore, never in manifests.
   */
  readonly madeOf?: string;
}

type Typed = 'columns' | 'defaults' | 'readDefaults' | 'sort' | 'rules' | 'updateRules' | 'spec' | 'status';

/** A kind as the rest of the program sees it: specs are JSON objects. */
export interface Kind extends Omit<KindDeclaration<Schema>, Typed> {
  readonly spec: Schema;
  readonly status?: Schema;
  readonly aliases: readonly string[];
  readonly verbs: readonly Verb[];
  readonly columns: Readonly<Record<string, Column<JsonObject>>>;
  readonly wide: readonly string[];
  readonly defaults?: (resource: Resource) => Resource;
  readonly readDefaults?: (resource: Resource) => Resource;
  readonly sort?: (a: Resource, b: Resource) => number;
  readonly rules: readonly Rule[];
  readonly updateRules: readonly UpdateRule[];
}

/** Declares a kind; fills in what follows from the rest. */
export function defineKind<S extends Schema, T extends Schema>(declaration: KindDeclaration<S, T>): Kind {
  return {
    aliases: [],
    verbs: ALL_VERBS,
    wide: declaration.narrow,
    rules: [],
    updateRules: [],
    ...declaration,
  } as unknown as Kind;
}

/** `Kind(name)` or `Kind(namespace/name)`, as errors name objects. */
export function formatRef(ref: {
  readonly kind: { readonly kind: string };
  readonly namespace?: string;
  readonly name: string;
}): string {
  return `${ref.kind.kind}(${ref.namespace ? `${ref.namespace}/` : ''}${ref.name})`;
}

/** The reference of a resource of a kind. */
export function refOf(kind: Kind, resource: Resource<unknown>): Ref {
  const { name, namespace } = resource.metadata;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
