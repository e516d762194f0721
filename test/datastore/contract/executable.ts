import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CalicoctlError, type ErrorClass } from '../../../src/core/errors.ts';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';
import type { CorruptEntry, Datastore, Page, Query } from '../../../src/datastore/datastore.ts';
import type { Ref, Resource } from '../../../src/resources/kind.ts';

/** A datastore that is used through the built executable: every operation is a process or two. */

const ROOT = resolve(import.meta.dirname, '../../..');

/** The executable, built where it is missing or older than the source. */
export function executable(): string {
  const given = process.env['CALICOCTL_UNDER_TEST'];
  if (given) return given;
  const built = join(ROOT, 'dist/calicoctl');
  const changed = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => statSync(join(ROOT, 'src', name)).mtimeMs);
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...changed)) {
    const { status, stderr } = spawnSync('node', ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`the executable cannot be built: ${stderr}`);
  }
  return built;
}

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export type Run = (args: readonly string[], stdin?: string) => Promise<Ended>;

/** So many processes at once: a race still, and the machine stays usable. */
const PROCESSES = 6;

/** Runs command lines against the datastore that `env` names, with nothing else in their surroundings. */
export function runner(env: Readonly<Record<string, string>>): Run {
  const program = executable();
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (args, stdin = '') => {
    if (running >= PROCESSES) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await start(program, args, env, stdin);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

function start(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string,
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { env: { ...env } });
    const texts = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
    });
    child.once('error', fail);
    child.once('close', (status) => done({ ...texts, status }));
    // A command that refuses its arguments ends without reading.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

/** How the executable words what went wrong. */
const WORDS: readonly (readonly [RegExp, ErrorClass])[] = [
  [/resource does not exist: /, 'not-found'],
  [/resource already exists: /, 'already-exists'],
  [/update conflict: /, 'conflict'],
  [/cannot be read: |Correct the file by hand/, 'corrupt'],
];

/** The standard output of a command that succeeded; throws what its standard error says. */
function outputOf({ status, out, err }: Ended): string {
  if (status === 0) return out;
  const errorClass = WORDS.find(([words]) => words.test(err))?.[1];
  if (status !== 1 || errorClass === undefined) throw new Error(`exit status ${status}: ${err}${out}`);
  const resource = /[A-Z]\w+\([^)]+\)/.exec(err)?.[0];
  throw new CalicoctlError(errorClass, err, resource === undefined ? {} : { resource });
}

const WARNING = /^Warning: (.*?) is left out, it cannot be read: (.*)$/gm;

/** What the warnings of a command say of entries that cannot be decoded. */
function corruptIn({ err }: Ended): readonly CorruptEntry[] {
  return Array.from(err.matchAll(WARNING), ([, entry, reason]) => ({ entry: entry!, reason: reason! }));
}

function inNamespace({ kind, namespace }: Omit<Ref, 'name'> | Query): readonly string[] {
  if (kind.scope === 'cluster') return [];
  return namespace === undefined ? ['-A'] : ['-n', namespace];
}

/** The Datastore that command lines make; it cannot watch, and knows no prefixes of names. */
export function executableDatastore(name: Datastore['capabilities']['name'], run: Run): Datastore {
  const get = async (ref: Ref): Promise<Resource> => {
    const line = ['get', ref.kind.kind, ref.name, ...inNamespace(ref), '-o', 'json'];
    return parseJson(outputOf(await run(line))) as unknown as Resource;
  };
  const written = async (verb: string, ref: Ref, resource: Resource): Promise<Resource> => {
    outputOf(await run([verb, '-f', '-'], stringifyJson(resource)));
    return get(ref);
  };
  return {
    capabilities: { name, serverSideIdentity: true, concurrency: PROCESSES },
    get,
    list: (query) => list(run, query),
    create: (ref, resource) => written('create', ref, resource),
    update: (ref, resource) => written('replace', ref, resource),
    async delete(ref, precondition) {
      const before = await get(ref);
      const { namespace, resourceVersion: _, ...rest } = before.metadata;
      const metadata = {
        ...rest,
        ...(namespace === undefined ? {} : { namespace }),
        ...(precondition === undefined ? {} : { resourceVersion: precondition }),
      };
      outputOf(await run(['delete', '-f', '-'], stringifyJson({ ...before, metadata })));
      return before;
    },
    watch() {
      throw new Error('the command line does not watch');
    },
    async close() {},
  };
}

async function* list(run: Run, query: Query): AsyncIterable<Page> {
  const ended = await run(['get', query.kind.kind, ...inNamespace(query), '-o', 'json']);
  const { items, metadata } = parseJson(outputOf(ended)) as unknown as {
    items: readonly Resource[];
    metadata: { resourceVersion: string };
  };
  yield { items, version: metadata.resourceVersion, corrupt: corruptIn(ended) };
}

/** Creates all in one process. */
export async function createAtOnce(run: Run, objects: readonly Resource[]): Promise<void> {
  const texts = objects.map((object) => stringifyJson(object));
  outputOf(await run(['create', '-f', '-'], texts.join('\n---\n')));
}
