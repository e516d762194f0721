import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { loadAll } from 'js-yaml';
import { CalicoctlError } from '../../src/core/errors.ts';
import { isObject } from '../../src/core/json.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import { FIRST, kindsFor } from '../../src/migration/kinds.ts';
import { initialise } from '../../src/operations/initialise.ts';
import { createResource } from '../../src/operations/write.ts';
import { decodeDocument } from '../../src/resources/document.ts';
import type { Kind } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { type Workspace, workspace } from '../commands/run.ts';
import { readFixture } from '../resources/fixture.ts';
import { casesOf, grounds } from '../validation/differential/cases.ts';

/** What is exported and imported is the same: for resources of every kind, made at random. */

const SEED = 20261122;
const OF_EACH = 12;

let place: Workspace;
beforeAll(async () => {
  place = await workspace();
});
afterAll(() => place.remove());

type Item = { readonly kind: string; readonly metadata: Record<string, unknown> };

/** Resources of all kinds with names of their own: those that a datastore takes of what chance makes. */
async function fill(store: Datastore): Promise<void> {
  const moved = new Set(kindsFor('file'));
  await initialise(store);
  // Filters and tiers first, for others name them.
  const all = (await grounds())
    .filter(({ kind }) => moved.has(kind.kind))
    .sort(({ kind }) => (FIRST.has(kind.kind) ? -1 : 1));
  for (const [index, ground] of all.entries()) {
    const made = casesOf(ground, OF_EACH, SEED + index).map((value, at) => named(ground.kind, value, at));
    for (const value of [readFixture(ground.kind.kind.toLowerCase()), ...made])
      await create(store, ground.kind, value);
  }
  for (const name of ['Node', 'Profile', 'WorkloadEndpoint'])
    await create(store, await kindOf(name), readFixture(name.toLowerCase()));
}

function named(kind: Kind, value: object, at: number): object {
  const isSetting = ['KubeControllersConfiguration', 'IPAMConfiguration'].includes(kind.kind);
  const metadata = 'metadata' in value && isObject(value.metadata) ? value.metadata : {};
  return { ...value, metadata: { ...metadata, name: isSetting ? 'default' : `random-${at}` } };
}

async function create(store: Datastore, kind: Kind, value: unknown): Promise<void> {
  const { resource, problems } = decodeDocument(kind, value);
  if (problems.length > 0) return;
  const { name, namespace = 'default' } = resource.metadata;
  const ref = { kind, name, ...(kind.scope === 'namespaced' ? { namespace } : {}) };
  try {
    await createResource(store, { ref, resource });
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
  }
}

async function run(folder: string, line: string): Promise<string> {
  const { status, out, err } = await place.calicoctl(line.split(' '), {
    env: { CALICO_FILE_DIR: `${place.folder}/${folder}` },
  });
  expect({ line, status, err: status === 0 ? '' : err }).toEqual({ line, status: 0, err: '' });
  return out;
}

/** The items of an export as text by kind and name. */
function items(text: string): ReadonlyMap<string, string> {
  const lists = loadAll(text.split('===\n')[0]!).filter(isObject) as unknown as { items: Item[] }[];
  return new Map(
    lists
      .flatMap((list) => list.items)
      .map((item) => [
        `${item.kind} ${item.metadata['namespace'] ?? ''}/${item.metadata['name']}`,
        JSON.stringify(item),
      ]),
  );
}

describe('export and import', () => {
  test('are one the other way round, for resources of every kind', async () => {
    const store = await openFileDatastore({ directory: `${place.folder}/a` });
    await fill(store);
    await store.close();
    await run('a', 'datastore migrate lock');
    const first = await run('a', 'datastore migrate export --to file');
    await place.write('first', first);
    await run('b', 'datastore migrate import --to file -f first');
    expect(items(await run('b', 'datastore migrate export --to file'))).toEqual(items(first));
    const kinds = new Set([...items(first).keys()].map((key) => key.split(' ')[0]!));
    expect([...kinds].sort()).toEqual([...kindsFor('file')].sort());
    expect(items(first).size).toBeGreaterThan(80);
  }, 20_000);
});
