import { describe, expect, test } from 'bun:test';
import type { DefinitionObject } from '../../../src/datastore/definitions.ts';
import { planDefinitions, stepFor } from '../../../src/operations/crds/plan.ts';
import { edited, memory, oneOfOurs, ours, SPEC, VERSION } from './memory.ts';

const V1 = 'crd.projectcalico.org';
const V3 = 'projectcalico.org';
const pools = await oneOfOurs('ippools');
const name = pools.metadata.name;

function verdict(stored: DefinitionObject, force = false): string {
  return stepFor(stored, pools, force).verdict;
}

/** What would be written in the place of what is stored. */
function written(stored: DefinitionObject): DefinitionObject {
  return stepFor(stored, pools, false).wanted;
}

/** The schema without its texts, as manifests without documentation have it. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, child]) => !(['description', 'message'].includes(key) && typeof child === 'string'),
  );
  return Object.fromEntries(entries.map(([key, child]) => [key, bare(child)]));
}

describe('a definition', () => {
  test('that the cluster lacks is created as it is', () => {
    expect(stepFor(undefined, pools, false)).toEqual({
      name,
      verdict: 'create',
      ours: pools,
      wanted: pools,
      unknown: [],
    });
  });

  test('that is as ours is left alone, whatever the server and others added to it', () => {
    const stored = edited(pools, {
      '/metadata/uid': 'u',
      '/metadata/resourceVersion': '7',
      '/metadata/labels': { a: 'b' },
      '/spec/conversion': { strategy: 'None' },
      '/spec/names/categories': ['networking'],
      '/status': { storedVersions: ['v1'] },
    });
    expect(verdict(stored)).toBe('same');
  });

  test('of other texts, or of none, is the same', () => {
    const reworded = edited(pools, {
      [`${VERSION}/schema/openAPIV3Schema/description`]: 'Pools.',
      [`${SPEC}/properties/cidr/description`]: 'The CIDR.',
      [`${SPEC}/x-kubernetes-validations/0/message`]: 'not both',
      [`${SPEC}/x-kubernetes-validations/0/fieldPath`]: '.vxlanMode',
    });
    expect(verdict(reworded)).toBe('same');
    expect(verdict(bare(pools) as DefinitionObject)).toBe('same');
  });

  test('with another limit is changed, and keeps its texts', () => {
    const field = `${SPEC}/properties/disabled`;
    const reworded = edited(pools, { [`${field}/description`]: 'Off.' });
    const stored = edited(reworded, { [`${field}/default`]: true });
    expect(verdict(stored)).toBe('change');
    expect(written(stored)).toEqual(reworded);
  });

  test('of a time before schemas gets ours, beside which nothing unknown can be kept', () => {
    const stored = edited(pools, { [`${VERSION}/schema`]: undefined, '/spec/preserveUnknownFields': true });
    expect(verdict(stored)).toBe('change');
    expect(written(stored)).toEqual(edited(pools, { '/spec/preserveUnknownFields': false }));
  });

  test('that lacks a field gets it with our text', () => {
    const stored = edited(pools, { [`${SPEC}/properties/assignmentMode`]: undefined });
    expect(verdict(stored)).toBe('change');
    expect(written(stored)).toEqual(pools);
  });

  test('that lacks a CEL rule gets it in its place', () => {
    const stored = edited(pools, { [`${SPEC}/x-kubernetes-validations/3`]: undefined });
    expect(verdict(stored)).toBe('change');
    expect(written(stored)).toEqual(pools);
  });

  test('keeps versions, columns, short names and labels that others added', () => {
    const column = { name: 'Range', type: 'string', jsonPath: '.spec.cidr' };
    const theirs = edited(pools, {
      '/metadata/labels': { team: 'net' },
      '/spec/names/shortNames': ['ipp'],
      [`${VERSION}/additionalPrinterColumns`]: [column],
      [`${VERSION}/storage`]: false,
      '/spec/versions/-': { name: 'v2', served: true, storage: true, schema: {} },
    });
    const stored = edited(theirs, { [`${VERSION}/subresources`]: undefined });
    expect(verdict(stored)).toBe('change');
    expect(written(stored)).toEqual(theirs);
  });

  test('that has other versions only gets ours, not stored', () => {
    const stored = edited(pools, { [`${VERSION}/name`]: 'v2' });
    expect(verdict(stored)).toBe('change');
    expect(written(stored)).toEqual(
      edited(stored, { '/spec/versions/-': { ...pools.spec.versions[0], storage: false } }),
    );
  });

  const knowing = edited(pools, {
    '/metadata/annotations': { note: 'kept' },
    [`${SPEC}/properties/cidr/maxLength`]: 64,
    [`${SPEC}/properties/ipipMode/enum/-`]: 'Sometimes',
    [`${SPEC}/properties/future`]: { type: 'object', properties: { a: { type: 'string' } } },
  });

  test('that knows more is left alone, and it is said what', () => {
    const { verdict, unknown } = stepFor(knowing, pools, false);
    expect({ verdict, unknown }).toEqual({
      verdict: 'newer',
      unknown: ['spec.ipipMode: "Sometimes"', 'spec.future'],
    });
  });

  test('that knows more is replaced by force, and keeps the rest', () => {
    const step = stepFor(knowing, pools, true);
    expect(step).toMatchObject({ verdict: 'change', unknown: ['spec.ipipMode: "Sometimes"', 'spec.future'] });
    expect(step.wanted).toEqual(edited(pools, { '/metadata/annotations': { note: 'kept' } }));
  });

  test('that is being deleted stops everything', () => {
    const stored = edited(pools, { '/metadata/deletionTimestamp': '2026-01-01T00:00:00Z' });
    expect(() => stepFor(stored, pools, false)).toThrow(`CustomResourceDefinition(${name}) is being deleted`);
  });

  test('is the same after it was changed', async () => {
    for (const definition of [...(await ours(V1)), ...(await ours(V3))]) {
      const old = edited(bare(definition) as DefinitionObject, { [SPEC]: undefined });
      const step = stepFor(old, definition, false);
      expect(step.verdict).toBe('change');
      expect(stepFor(step.wanted, definition, false).verdict).toBe('same');
    }
  });
});

describe('a plan', () => {
  test('is for crd.projectcalico.org where the cluster has nothing', async () => {
    const { group, served, steps } = await planDefinitions(memory(), { force: false });
    expect({ group, served }).toEqual({ group: V1, served: false });
    expect(steps.map(({ verdict }) => verdict)).toEqual((await ours(V1)).map(() => 'create'));
  });

  test('is for the group that the cluster has', async () => {
    const { group, served, steps } = await planDefinitions(memory(await ours(V3)), { force: false });
    expect({ group, served }).toEqual({ group: V3, served: true });
    expect(steps.every(({ verdict }) => verdict === 'same')).toBe(true);
  });

  test('does not add a second group unless forced', async () => {
    const cluster = memory([pools]);
    await expect(planDefinitions(cluster, { group: V3, force: false })).rejects.toThrow(
      `the cluster keeps Calico's resources in ${V1}/v1 (1 definitions)`,
    );
    const { group, served } = await planDefinitions(cluster, { group: V3, force: true });
    expect({ group, served }).toEqual({ group: V3, served: false });
  });

  test('of a cluster that has both is for the one asked for, else for crd.projectcalico.org', async () => {
    const cluster = memory([...(await ours(V1)), ...(await ours(V3))]);
    expect((await planDefinitions(cluster, { force: false })).group).toBe(V1);
    expect((await planDefinitions(cluster, { group: V3, force: false })).group).toBe(V3);
  });
});
