import { afterEach, beforeEach, expect } from 'bun:test';
import { API_VERSION } from '../../src/resources/kind.ts';
import { type Run, type Workspace, workspace } from './run.ts';

/** A manifest in JSON; `name` is `NAMESPACE/NAME` for a resource in a namespace. */
export function manifest(kind: string, name: string, spec?: object, metadata: object = {}): string {
  const [first, second] = name.split('/');
  const place = second === undefined ? { name: first } : { name: second, namespace: first };
  return JSON.stringify({
    apiVersion: API_VERSION,
    kind,
    metadata: { ...place, ...metadata },
    ...(spec && { spec }),
  });
}

/** Documents of one stream. */
export function stream(...manifests: readonly string[]): string {
  return manifests.join('\n---\n');
}

/** A configuration file that leads to another folder than the environment does. */
export const ELSEWHERE = `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nspec: {datastoreType: file, fileDir: elsewhere}\n`;

/** A workspace of every test's own. */
export function eachInWorkspace(): { readonly at: Workspace } {
  const current: { at: Workspace } = { at: undefined as unknown as Workspace };
  beforeEach(async () => {
    current.at = await workspace();
    await current.at.write('elsewhere.cfg', ELSEWHERE);
  });
  afterEach(() => current.at.remove());
  return current;
}

/** Runs a command line that has to succeed without a word on stderr; returns its standard output. */
export async function done(place: Workspace, line: string, stdin = ''): Promise<string> {
  const { status, out, err } = await place.calicoctl(line.split(' '), { stdin });
  expect({ line, status, err }).toEqual({ line, status: 0, err: '' });
  return out;
}

/** Runs a command line that has to fail with status 1. */
export async function failing(place: Workspace, line: string, stdin = ''): Promise<Run> {
  const run = await place.calicoctl(line.split(' '), { stdin });
  expect({ line, status: run.status }).toEqual({ line, status: 1 });
  return run;
}

export interface Shown {
  readonly metadata: Record<string, unknown>;
  readonly spec: Record<string, unknown>;
}

/** A stored resource, e.g. of `ippool main` or `networkset lab -n dev`. */
export async function stored(place: Workspace, words: string): Promise<Shown> {
  return JSON.parse(await done(place, `get ${words} -o json`)) as Shown;
}

/** Names of a kind's resources that are stored, e.g. `networkset/dev/lab`. */
export async function names(place: Workspace, words: string): Promise<readonly string[]> {
  return (await done(place, `get ${words} -o name`)).split('\n').filter((line) => line !== '');
}
