import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { isObject } from '../../../src/core/json.ts';
import type { Shape } from '../../../src/resources/jsonschema.ts';
import { API_VERSION, type Kind } from '../../../src/resources/kind.ts';
import { allKinds, kindOf } from '../../../src/resources/registry.ts';
import { allRules } from '../../../src/validation/rulebook/index.ts';
import { readFixture } from '../../resources/fixture.ts';
import { LABEL_KEYS, LABEL_VALUES, NAME_POOL } from './pools.ts';
import { type Draw, goodObject, goodValue, oddValue, once, pick } from './values.ts';

/** Manifests, valid and hardly valid, of one kind. */

type Json = Record<string, unknown>;

/** A kind that API servers have, and manifests to begin with. */
export interface Ground {
  readonly kind: Kind;
  readonly examples: readonly Json[];
}

/** Every kind that has a definition in group projectcalico.org, but those that no manifest may name: IPAM's own. */
export async function grounds(): Promise<readonly Ground[]> {
  const byKind = await exampleManifests();
  const kinds = await Promise.all(allKinds().map(({ kind }) => kindOf(kind)));
  return kinds
    .filter(({ internal }) => !internal)
    .filter(({ definition }) => definition?.groups?.includes('projectcalico.org') ?? definition !== undefined)
    .map((kind) => ({
      kind,
      examples: [readFixture(kind.kind.toLowerCase()), ...(byKind.get(kind.kind) ?? [])].map(inDefault(kind)),
    }));
}

/** The namespace that every cluster has. */
function inDefault({ scope }: Kind): (manifest: Json) => Json {
  return (manifest) =>
    scope === 'cluster'
      ? manifest
      : { ...manifest, metadata: { ...(manifest['metadata'] as Json), namespace: 'default' } };
}

/** The wrong and the right examples of every rule. */
async function exampleManifests(): Promise<ReadonlyMap<string, Json[]>> {
  const byKind = new Map<string, Json[]>();
  for (const { wrong, right } of await allRules())
    for (const value of [wrong, right].flatMap(documents))
      if (isObject(value) && value['apiVersion'] === API_VERSION && typeof value['kind'] === 'string')
        byKind.set(value['kind'], [...(byKind.get(value['kind']) ?? []), value]);
  return byKind;
}

/** Some examples are no YAML, which is what their rule is about. */
function documents(text: string): unknown[] {
  try {
    return loadAll(text) as unknown[];
  } catch {
    return [];
  }
}

/** Manifests of a kind; the same seed makes the same. */
export function casesOf(ground: Ground, count: number, seed: number): readonly Json[] {
  return fc.sample(fc.gen(), { numRuns: count, seed }).map((draw) => manifest(draw, ground));
}

function manifest(draw: Draw, { kind, examples }: Ground): Json {
  const base = structuredClone(pick(draw, examples));
  if (once(draw, 5))
    base['spec'] = goodObject(draw, kind.spec as Shape, (kind.spec as Shape).properties ?? {});
  else if (base['spec'] !== undefined && !once(draw, 4))
    base['spec'] = pruned(draw, kind.spec as Shape, base['spec']);
  if (!once(draw, 3)) delete base['status'];
  base['metadata'] = { ...(base['metadata'] as Json), name: nameFor(draw, kind, base) };
  const times = pick(draw, [0, 1, 1, 1, 1, 2]);
  for (let i = 0; i < times; i++) mutate(draw, kind, base);
  return base;
}

const TIERS = ['default', 'kube-admin', 'kube-baseline', 'a.b', 'a'.repeat(63), 'a'.repeat(64)];

function nameFor(draw: Draw, kind: Kind, { metadata }: Json): unknown {
  if (kind.singleton !== undefined) return once(draw, 12) ? 'other' : kind.singleton;
  if (once(draw, 4)) return pick(draw, kind.kind === 'Tier' ? TIERS : ['a', 'default', 'node.a']);
  return (metadata as Json | undefined)?.['name'] ?? 'a';
}

/** Without some of what may be left out. */
function pruned(draw: Draw, shape: Shape, value: unknown): unknown {
  if (Array.isArray(value) && shape.items !== undefined)
    return value.filter(() => !once(draw, 2)).map((item) => pruned(draw, shape.items!, item));
  const { properties, required = [] } = shape;
  if (!isObject(value) || properties === undefined) return value;
  const keep = Object.entries(value).filter(([name]) => required.includes(name) || !once(draw, 2));
  return Object.fromEntries(keep.map(([name, field]) => [name, pruned(draw, properties[name] ?? {}, field)]));
}

/** A field that is there, or could be. */
interface Slot {
  readonly within: Json | unknown[];
  readonly key: string | number;
  readonly shape: Shape;
}

function* slotsOf(shape: Shape, value: unknown): Iterable<Slot> {
  if (Array.isArray(value) && shape.items !== undefined) {
    for (const [key, item] of value.entries()) {
      yield { within: value, key, shape: shape.items };
      yield* slotsOf(shape.items, item);
    }
  } else if (isObject(value) && shape.properties !== undefined) {
    for (const [key, field] of Object.entries(shape.properties)) {
      yield { within: value, key, shape: field };
      yield* slotsOf(field, value[key]);
    }
  } else if (isObject(value) && shape.patternProperties !== undefined) {
    for (const key of Object.keys(value))
      yield { within: value, key, shape: Object.values(shape.patternProperties)[0]! };
  }
}

function mutate(draw: Draw, kind: Kind, base: Json): void {
  if (once(draw, 10)) mutateMetadata(draw, kind, base['metadata'] as Json);
  else if (once(draw, 25)) mutateTop(draw, base);
  else mutateSpec(draw, kind, base);
}

function mutateSpec(draw: Draw, kind: Kind, base: Json): void {
  const slots = [...slotsOf(kind.spec as Shape, base['spec'])];
  if (slots.length === 0) return;
  const present = slots.filter(({ within, key }) => (within as Json)[key] !== undefined);
  const { within, key, shape } = pick(draw, present.length > 0 && !once(draw, 3) ? present : slots);
  const value = (within as Json)[key];
  const target = within as Json;
  if (value !== undefined && once(draw, 6)) {
    if (Array.isArray(within)) within.push(structuredClone(value));
    else delete target[key];
  } else target[key] = once(draw, 4) ? goodValue(draw, shape) : oddValue(draw, shape);
}

function mutateMetadata(draw: Draw, kind: Kind, metadata: Json): void {
  const labels = once(draw, 2) ? 'labels' : 'annotations';
  const changes: readonly (() => void)[] = [
    () => {
      metadata['name'] = pick(draw, [
        ...NAME_POOL.odd,
        ...NAME_POOL.good,
        'a.b.c',
        'knp.default.a.b',
        5,
        null,
      ]);
    },
    () => {
      metadata[labels] = { [String(pick(draw, LABEL_KEYS.odd))]: 'a' };
    },
    () => {
      metadata[labels] = {
        [String(pick(draw, LABEL_KEYS.good))]: pick(draw, [...LABEL_VALUES.odd, ...LABEL_VALUES.good]),
      };
    },
    () => {
      metadata[labels] = pick(draw, ['a', [], {}, null, 7]);
    },
    () => {
      metadata['unknownField'] = 1;
    },
    () => {
      metadata['annotations'] = { a: 'x'.repeat(262143), b: pick(draw, ['', 'y']) };
    },
    () => {
      delete metadata['name'];
    },
    () => {
      if (kind.scope === 'cluster') metadata['namespace'] = 'default';
    },
    () => {
      metadata['resourceVersion'] = pick(draw, ['', '5']);
    },
    () => {
      metadata['creationTimestamp'] = pick(draw, [null, '2026-01-31T12:00:00Z', 'now']);
    },
  ];
  pick(draw, changes)();
}

function mutateTop(draw: Draw, base: Json): void {
  const changes: readonly (() => void)[] = [
    () => {
      delete base['spec'];
    },
    () => {
      base['spec'] = pick(draw, [null, {}, [], 'a']);
    },
    () => {
      base['unknownField'] = {};
    },
    () => {
      base['status'] = pick(draw, [null, {}, 7, { unknownField: 1 }]);
    },
    () => {
      base['Spec'] = base['spec'];
      delete base['spec'];
    },
  ];
  pick(draw, changes)();
}
