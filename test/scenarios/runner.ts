import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { isObject } from '../../src/core/json.ts';
import { API_VERSION } from '../../src/resources/kind.ts';
import type { Run, Workspace } from '../commands/run.ts';

/** One command line and what it has to do. Without `fails` it has to succeed. */
export interface Step {
  /** The words, separated by blanks; `'…'` holds words together. */
  readonly run: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** All of standard output, runs of blanks taken for one and blank lines for none. */
  readonly out?: string;
  /** The document on standard output without identities, times and versions. */
  readonly document?: unknown;
  /** Words that standard output holds. */
  readonly shows?: readonly string[];
  /** Words that standard error holds although the step succeeds. */
  readonly warns?: readonly string[];
  /** Words that standard error of a failing step holds. */
  readonly fails?: readonly string[];
}

/** A run of steps on an empty datastore. */
export interface Scenario {
  readonly scenario: string;
  /** Texts by name; a list stands for the resources that are in the file. */
  readonly files?: Readonly<Record<string, string | readonly object[]>>;
  /** The spec of the ClusterInformation that is there before the first step. */
  readonly cluster?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** What a step did, in the form in which a scenario says it. */
export interface Seen {
  readonly status: number;
  readonly out?: string;
  readonly document?: unknown;
  readonly missing: readonly string[];
}

export const AREAS = ['crud', 'edit', 'input', 'output', 'config', 'version', 'validate'] as const;

export function scenariosOf(area: string): readonly Scenario[] {
  return load(readFileSync(join(import.meta.dirname, `${area}.yaml`), 'utf8')) as readonly Scenario[];
}

/** `a 'b c' d` as `['a', 'b c', 'd']`. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

/** Puts the files of a scenario into the workspace. */
export async function writeFiles(place: Workspace, { files = {} }: Scenario): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string'
        ? content
        : content.map((item) => JSON.stringify({ apiVersion: API_VERSION, ...item })).join('\n---\n');
    await place.write(name, text);
  }
}

/** The stored form of a scenario's ClusterInformation; undefined where it has none. */
export function clusterInformation({ cluster }: Scenario): string | undefined {
  if (cluster === undefined) return undefined;
  const metadata = {
    name: 'default',
    uid: '00000000-1111-2222-3333-444444444444',
    creationTimestamp: '2026-01-02T03:04:05Z',
  };
  const spec = { clusterGUID: '0123456789abcdef0123456789abcdef', datastoreReady: true, ...cluster };
  return JSON.stringify({ kind: 'ClusterInformation', apiVersion: API_VERSION, metadata, spec });
}

/** Runs a step and shows what it did in the step's own terms; equal to `expected(step)` where all is well. */
export async function see(place: Workspace, step: Step, env: Record<string, string> = {}): Promise<Seen> {
  const { stdin = '' } = step;
  const run = await place.calicoctl(wordsOf(step.run), { stdin, env: { ...env, ...step.env } });
  return {
    status: run.status,
    ...(step.out === undefined ? {} : { out: cells(run.out) }),
    ...(step.document === undefined ? {} : { document: documentOf(run) }),
    missing: missingWords(step, run),
  };
}

export function expected(step: Step): Seen {
  return {
    status: step.fails === undefined ? 0 : 1,
    ...(step.out === undefined ? {} : { out: cells(step.out) }),
    ...(step.document === undefined ? {} : { document: step.document }),
    missing: [],
  };
}

function missingWords({ shows = [], warns = [], fails = [] }: Step, { out, err }: Run): readonly string[] {
  const missing = [
    ...shows.filter((word) => !out.includes(word)),
    ...[...warns, ...fails].filter((word) => !err.includes(word)),
  ];
  if (/^ +at /m.test(err)) missing.push(`a message instead of ${err}`);
  return missing.length === 0 ? missing : [...missing, `stdout: ${out}`, `stderr: ${err}`];
}

/** A table's cells, or any lines, without what only lays them out. */
export function cells(text: string): string {
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  return lines.filter((line) => line !== '').join('\n');
}

export function documentOf({ out, err }: Run): unknown {
  try {
    return withoutIdentity(load(out));
  } catch (error) {
    return { unreadable: String(error), out, err };
  }
}

const IDENTITY = new Set(['uid', 'creationTimestamp', 'resourceVersion']);

function withoutIdentity(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIdentity);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === 'metadata' && isObject(item)
      ? Object.fromEntries(Object.entries(item).filter(([name]) => !IDENTITY.has(name)))
      : withoutIdentity(item),
  ]);
  return Object.fromEntries(entries);
}
