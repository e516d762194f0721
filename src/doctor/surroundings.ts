import type { Facts } from '../cluster/health/facts.ts';
import type { Cluster } from '../datastore/cluster.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Host } from '../host/host.ts';
import type { Kind } from '../resources/kind.ts';
import type { Probe } from './network/probe.ts';

/** The settings as plain values; none of them is a secret. */
export interface SettingFacts {
  readonly type: 'etcdv3' | 'kubernetes' | 'file';
  /** The file that they come from; undefined where they come from the environment. */
  readonly configFile?: string;
  readonly notes: readonly string[];
  /** As `config view --origins` shows them. */
  readonly rows: readonly { readonly field: string; readonly value: string; readonly from: string }[];
  /** Of etcd: URLs without users and passwords. */
  readonly endpoints: readonly string[];
  /** Of the folder. */
  readonly directory?: string;
}

/** What the command gives the doctor. */
export interface Practice {
  /** Throws a `configuration` error for settings that cannot be meant. */
  readonly settings: () => Promise<SettingFacts>;
  readonly store: () => Promise<Datastore>;
  readonly cluster: () => Promise<Cluster>;
  readonly host: () => Promise<Host>;
  /** Makes of an advised command line one that means this cluster wherever it is pasted. */
  readonly remedies: () => Promise<(command: string) => string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Whether the datastore takes a write of a kind. */
  readonly takes: (type: SettingFacts['type'], kind: Kind, write: 'create' | 'update') => boolean;
}

/** The first request, which every later step builds on. */
export interface Answer {
  /** Milliseconds. */
  readonly took: number;
  readonly error?: Error;
  readonly says?: string;
}

/** What steps share; everything is asked once, when it is first needed. */
export interface Surroundings extends Practice {
  readonly answer: () => Promise<Answer>;
  /** One for each server, from the name up; what is above is still under way. */
  readonly probes: () => Promise<readonly Probe[]>;
  /** All that `cluster status` looks at. */
  readonly facts: () => Promise<Facts>;
}
