import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { planDefinitions } from '../../../src/operations/crds/plan.ts';
import { doneText, planData, shownPlan } from '../../../src/operations/crds/words.ts';
import { edited, memory, ours, SPEC } from './memory.ts';

const all = await ours();

/** A cluster with one definition of each sort, and all others as ours. */
async function mixed(force: boolean) {
  const cluster = all.slice(1).map((definition) => {
    switch (definition.metadata.name.split('.')[0]) {
      case 'ippools':
        return edited(definition, { [`${SPEC}/properties/cidr/maxLength`]: 10 });
      case 'tiers':
        return edited(definition, {
          ...Object.fromEntries(
            ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((field) => [
              `${SPEC}/properties/${field}`,
              { type: 'string' },
            ]),
          ),
        });
      default:
        return definition;
    }
  });
  return planDefinitions(memory(cluster), { force });
}

describe('a plan in words', () => {
  test('has a diff of what changes, and says what is left alone and why', async () => {
    const { changes, text } = shownPlan(await mixed(false), ['Tier(default)']);
    expect(changes.map(({ name }) => name)).toEqual(['ippools.crd.projectcalico.org']);
    expect(text).toBe(
      [
        'Definitions of crd.projectcalico.org/v1: 1 to create, 1 to change, 1 to leave alone, 19 up to date',
        '  create bgpconfigurations.crd.projectcalico.org',
        '  change ippools.crd.projectcalico.org',
        '  leave  tiers.crd.projectcalico.org: it has spec.a, spec.b, spec.c, spec.d, spec.e and 2 more, which this calicoctl does not know; --force replaces it all the same',
        'Objects to create: Tier(default)',
        '',
      ].join('\n'),
    );
  });

  test('says what force drops', async () => {
    expect(shownPlan(await mixed(true)).text).toContain(
      '  change tiers.crd.projectcalico.org, dropping spec.a, spec.b, spec.c, spec.d, spec.e and 2 more\n',
    );
  });

  test('compares nothing that a plan cannot change', async () => {
    const [change] = shownPlan(await mixed(false)).changes;
    expect(Object.keys(change!.before as object)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect((change!.after as { metadata: object }).metadata).toEqual({
      name: 'ippools.crd.projectcalico.org',
    });
  });

  test('is data for programs', async () => {
    const data = planData(await mixed(false), { steps: [], objects: ['Tier(default)'], errors: [] }, false);
    const { definitions, ...rest } = data as { definitions: { action: string }[] };
    expect(rest as object).toEqual({
      apiGroup: 'crd.projectcalico.org/v1',
      objects: ['Tier(default)'],
      applied: false,
    });
    expect(definitions.filter((entry) => entry.action !== 'none' || 'reason' in entry)).toEqual([
      { name: 'bgpconfigurations.crd.projectcalico.org', action: 'create' },
      { name: 'ippools.crd.projectcalico.org', action: 'change' },
      {
        name: 'tiers.crd.projectcalico.org',
        action: 'none',
        reason: 'newer',
        unknown: ['spec.a', 'spec.b', 'spec.c', 'spec.d', 'spec.e', 'spec.f', 'spec.g'],
      },
    ] as never);
  });
});

test('what was done is said in a line each', async () => {
  const { steps } = await mixed(false);
  expect(doneText({ steps, objects: ['Tier(default)'], errors: [] })).toBe(
    'Successfully created 1 definition(s)\nSuccessfully changed 1 definition(s)\nSuccessfully created Tier(default)\n',
  );
  expect(doneText({ steps: [], objects: [], errors: [] })).toBe('Nothing to do: the datastore is ready\n');
  const errors = [new CalicoctlError('cancelled', 'cancelled')];
  expect(doneText({ steps: [], objects: [], errors })).toBe('');
});
