import type { Metadata } from '../resources/kind.ts';

/** A Kubernetes object as the API server speaks it. Integers are exact (see core/json.ts). */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** A kind of object on the API server: `/apis/<group>/<version>/…/<plural>`, or `/api/v1/…` where the group is empty. */
export interface Collection {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One object of a collection; `label` is what errors call it: `Kind(name)` or `Kind(namespace/name)`. */
export interface Target {
  readonly collection: Collection;
  readonly namespace?: string;
  readonly name: string;
  readonly label: string;
}

/** Which objects of a collection. */
export interface Selection {
  readonly collection: Collection;
  /** Absent: every namespace. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface KubePage {
  readonly items: readonly KubeObject[];
  /** `metadata.resourceVersion` of the list; the same on every page. */
  readonly resourceVersion: string;
}

/**
 * The Kubernetes around Calico: any object as it is, logs of containers, programs run in them. Read only, but for what a
 * program run in a container does. Everything throws CalicoctlError as `KubernetesApi` does; `unauthorized` where we may not.
 */
export interface Cluster {
  /** URL of the API server as it may be shown. */
  readonly server: string;
  get(target: Target): Promise<KubeObject>;
  list(selection: Selection): AsyncIterable<KubePage>;
  /** The same as the server lays it out for people. */
  table(selection: Selection): AsyncIterable<TablePage>;
  /** `GET /version`. */
  version(): Promise<Readonly<Record<string, string>>>;
  /** What the server serves, each kind in the group's preferred version; groups that do not answer are left out. */
  resources(): Promise<readonly ServedResource[]>;
  /** The log of one container, as its bytes come. `not-found` where there is none (yet, or of a previous run). */
  logs(request: LogRequest): AsyncIterable<Uint8Array>;
  /** Runs a program in a container, without a shell and without input. Resolves also where it fails: see `exitCode`. */
  exec(request: ExecRequest): Promise<Executed>;
  /** Whether we may, as the server sees it (SelfSubjectAccessReview). */
  allowed(access: Access): Promise<boolean>;
}

/** Rows under headings; the same columns on every page. */
export interface TablePage {
  readonly columns: readonly {
    readonly name: string;
    /** Of interest to few: shown only where there is room. */
    readonly wide: boolean;
  }[];
  readonly rows: readonly { readonly namespace?: string; readonly cells: readonly unknown[] }[];
}

export interface ServedResource extends Collection {
  readonly kind: string;
  readonly verbs: readonly string[];
}

export interface Container {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface LogRequest extends Container {
  /** Of the run before the last restart. */
  readonly previous?: true;
  readonly sinceSeconds?: number;
  readonly tailLines?: number;
  /** The server ends the log behind so many bytes. */
  readonly limitBytes?: number;
  readonly timestamps?: true;
}

export interface ExecRequest extends Container {
  readonly command: readonly [program: string, ...args: string[]];
  /** Given up after so long with `timeout`; 30 seconds unless given. */
  readonly timeoutMs?: number;
  /** So many bytes are kept of each stream, and a program that prints more is left; 64 MiB unless given. */
  readonly limit?: number;
}

export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined where the program could not be run, or printed too much: `failure` says why. */
  readonly exitCode: number | undefined;
  readonly failure?: string;
  /** There was more output than was kept. */
  readonly cut?: true;
}

export interface Access {
  readonly verb: string;
  readonly group: string;
  /** Plural, e.g. `ippools`; with a subresource `pods/exec`. */
  readonly resource: string;
  /** Absent: all of them. */
  readonly namespace?: string;
}

/** A Cluster that has to be closed. */
export interface OpenCluster extends Cluster {
  close(): Promise<void>;
}
