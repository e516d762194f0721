import { expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { planDefinitions } from '../../../src/operations/crds/plan.ts';
import { prepare } from '../../../src/operations/crds/prepare.ts';
import { memory, ours } from './memory.ts';

test('definitions that were created are told of where objects may not be', async () => {
  const [missing, ...others] = await ours();
  const cluster = memory(others);
  const refusal = new CalicoctlError('unauthorized', 'you may not');
  const get = () => Promise.reject(refusal);
  const done = await prepare(
    { get } as Partial<Datastore> as Datastore,
    cluster,
    await planDefinitions(cluster, { force: false }),
    { force: false, signal: new AbortController().signal, deadline: Date.now() + 10_000 },
  );
  expect({ ...done, steps: done.steps.map(({ name }) => name) }).toEqual({
    steps: [missing!.metadata.name],
    objects: [],
    errors: [refusal],
  });
});
