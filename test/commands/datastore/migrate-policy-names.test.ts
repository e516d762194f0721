import { expect, test } from 'bun:test';
import { done, eachInWorkspace, failing } from '../fixture.ts';

const place = eachInWorkspace();

test('datastore migrate-policy-names has nothing to do in a folder, whose files are called as their policies', async () => {
  const policy =
    '{"apiVersion":"projectcalico.org/v3","kind":"GlobalNetworkPolicy","metadata":{"name":"default.x"},"spec":{}}';
  await done(place.at, 'create -f -', policy);
  expect(await done(place.at, 'datastore migrate-policy-names')).toBe(
    'Policy name migration complete, migrated 0 policies.\n',
  );
  expect(await done(place.at, 'get gnp default.x -o name')).toBe('globalnetworkpolicy/default.x\n');
});

test('--config leads to the datastore', async () => {
  const { err } = await failing(place.at, 'datastore migrate-policy-names --config nowhere.cfg');
  expect(err).toContain('nowhere.cfg');
});
