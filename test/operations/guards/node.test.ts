import { expect, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import node from '../../../src/operations/guards/node.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';

test('nodes of Kubernetes ask nothing of the rest of the datastore: they are neither made nor cleared away here', async () => {
  const asked: string[] = [];
  const ask = (verb: string) => async () => {
    asked.push(verb);
    throw new Error(verb);
  };
  const store = {
    capabilities: { name: 'kubernetes', serverSideIdentity: true, concurrency: 1 },
    ...Object.fromEntries(['get', 'list', 'create', 'update', 'delete'].map((verb) => [verb, ask(verb)])),
  } as unknown as Datastore;
  const ref = { kind: await kindOf('Node'), name: 'worker' };
  const resource = { apiVersion: API_VERSION, kind: 'Node', metadata: { name: 'worker' }, spec: {} };
  await node.beforeCreate?.(store, ref, resource, undefined);
  await expect(node.delete?.(store, ref, undefined)).rejects.toThrow('delete');
  expect(asked).toEqual(['delete']);
});
