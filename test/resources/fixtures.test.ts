import { describe, expect, test } from 'bun:test';
import { isObject } from '../../src/core/json.ts';
import { check } from '../../src/resources/check.ts';
import { decode } from '../../src/resources/decode.ts';
import { canonical, documentSchema } from '../../src/resources/document.ts';
import type { Kind } from '../../src/resources/kind.ts';
import { allKinds } from '../../src/resources/registry.ts';
import { fieldsOf } from './fields.ts';
import { fixtures, readFixture, resourceOf } from './fixture.ts';

const entries = new Map(allKinds().map((entry) => [entry.kind.toLowerCase(), entry]));

async function kindOfFixture(name: string): Promise<Kind> {
  return (await entries.get(name)!.load()).default;
}

/** The paths of all fields below a value, list positions left out. */
function* pathsOf(value: unknown, path: string): Iterable<string> {
  yield path;
  if (Array.isArray(value)) for (const item of value) yield* pathsOf(item, `${path}[]`);
  else if (isObject(value))
    for (const [name, field] of Object.entries(value)) yield* pathsOf(field, `${path}.${name}`);
}

/** Rules of both directions have the same fields, but not every field is allowed in each. */
function oneDirection(path: string): string {
  return path.replace(/^spec\.(in|e)gress\[\]/, 'spec.rules[]');
}

/** What another field of its fixture excludes. */
const EXCLUDED: ReadonlySet<string> = new Set([
  'BGPPeer.spec.node',
  'BGPPeer.spec.peerSelector',
  'BGPPeer.spec.localWorkloadSelector',
  'FelixConfiguration.spec.routeTableRange',
  'FelixConfiguration.spec.routeTableRange.min',
  'FelixConfiguration.spec.routeTableRange.max',
]);

function unusedFields(kind: Kind, manifest: Record<string, unknown>): string[] {
  const used = new Set([...pathsOf(manifest['spec'], 'spec')].map(oneDirection));
  const declared = [...fieldsOf(kind.spec, 'spec')].map(({ path }) => oneDirection(path));
  return [...new Set(declared)].filter(
    (path) => !path.includes('{}') && !used.has(path) && !EXCLUDED.has(`${kind.kind}.${path}`),
  );
}

describe.each(fixtures)('fixture of %s', (name) => {
  test('is valid as written and as stored', async () => {
    const kind = await kindOfFixture(name);
    const resource = resourceOf(kind, readFixture(name));
    expect(check(kind, resource, 'validate')).toEqual([]);
    expect(check(kind, canonical(kind, kind.defaults?.(resource) ?? resource))).toEqual([]);
  });

  test('uses every field', async () => {
    expect(unusedFields(await kindOfFixture(name), readFixture(name))).toEqual([]);
  });

  test('is the same when decoded again', async () => {
    const schema = documentSchema(await kindOfFixture(name));
    const once = decode(schema, readFixture(name), [], { unknown: 'refuse' });
    expect(once.problems).toEqual([]);
    const twice = decode(schema, once.value, [], { unknown: 'refuse' });
    expect(JSON.stringify(twice.value)).toBe(JSON.stringify(once.value));
  });
});
