import { expect, test } from 'bun:test';
import { CalicoctlError, type ErrorClass } from '../../../src/core/errors.ts';
import { calicoGroup } from '../../../src/datastore/kubernetes/open.ts';

const V1 = 'crd.projectcalico.org/v1';
const V3 = 'projectcalico.org/v3';

const serving = (...groups: string[]) => ({ groups: async () => new Set(groups) });
const failing = (errorClass: ErrorClass) => ({
  groups: async () => {
    throw new CalicoctlError(errorClass, 'no');
  },
});

test.each([
  [[], V1],
  [['crd.projectcalico.org'], V1],
  [['projectcalico.org'], V3],
  [['projectcalico.org', 'apps'], V3],
  // The aggregated API server of Calico serves both; the resources are then those of v1.
  [['projectcalico.org', 'crd.projectcalico.org'], V1],
])('a server of %j has its resources in %s', async (groups, group) => {
  expect(await calicoGroup(serving(...groups), undefined)).toBe(group as typeof V1);
});

test.each([
  ['projectcalico.org/v3', V3],
  ['ProjectCalico.org/V3', V3],
  ['crd.projectcalico.org/v1', V1],
  ['anything', V1],
])('the setting %s means %s, and the server is not asked', async (setting, group) => {
  const api = failing('unavailable');
  expect(await calicoGroup(api, setting)).toBe(group as typeof V1);
});

test('a server that does not tell is taken for v1; one that is not there is an error', async () => {
  for (const errorClass of ['unauthorized', 'not-supported', 'datastore', 'not-found'] as const) {
    expect(await calicoGroup(failing(errorClass), undefined)).toBe(V1);
  }
  for (const errorClass of ['unavailable', 'timeout', 'cancelled', 'configuration'] as const) {
    const error = await calicoGroup(failing(errorClass), undefined).catch((thrown) => thrown);
    expect(error.errorClass).toBe(errorClass);
  }
});
