import { expect } from 'bun:test';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import type { Resource } from '../../../../src/resources/kind.ts';
import type { Check } from '../contract.ts';
import {
  CHANGED,
  CHANGED_OTHERWISE,
  create,
  globalSet,
  globalSetRef,
  Node,
  networkSet,
  outcome,
  resource,
  setRef,
  versionOf,
  withLabels,
  withoutBooks,
  withSpec,
} from '../objects.ts';

export const basics: readonly Check[] = [
  {
    name: 'get of what is not there says which resource is missing',
    async run({ store }) {
      const error = await store.get(setRef('dev', 'none')).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CalicoctlError);
      expect((error as CalicoctlError).errorClass).toBe('not-found');
      expect((error as CalicoctlError).details.resource).toBe('NetworkSet(dev/none)');
      expect((error as CalicoctlError).message).toContain('NetworkSet(dev/none)');
    },
  },
  {
    name: 'create returns what get finds, also from another client',
    async run({ store, reopen }) {
      const given = withLabels(globalSet('a'), { a: '1' });
      const created = await create(store, given);
      const { uid, creationTimestamp } = created.metadata;
      expect({ uid, creationTimestamp }).toEqual({
        uid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
      const metadata = { ...given.metadata, uid, creationTimestamp, resourceVersion: versionOf(created) };
      expect(withoutBooks(created)).toEqual({ ...given, metadata } as Resource);
      expect(await store.get(globalSetRef('a'))).toEqual(created);
      const other = await reopen();
      expect(await other.get(globalSetRef('a'))).toEqual(created);
    },
  },
  {
    name: 'create keeps the identity it is given',
    needs: ['identity'],
    async run({ store }) {
      const given = globalSet('a');
      const { uid, creationTimestamp } = (await create(store, given)).metadata;
      expect({ uid, creationTimestamp }).toEqual({
        uid: given.metadata['uid'],
        creationTimestamp: given.metadata['creationTimestamp'],
      } as never);
    },
  },
  {
    name: 'create never overwrites',
    async run({ store }) {
      const created = await create(store, globalSet('a'));
      expect(await outcome(create(store, globalSet('a', CHANGED)))).toBe('already-exists');
      expect(await store.get(globalSetRef('a'))).toEqual(created);
    },
  },
  {
    name: 'update at the current version replaces, and makes another version',
    async run({ store }) {
      const created = await create(store, withLabels(globalSet('a'), { a: '1', b: '2' }));
      const updated = await store.update(globalSetRef('a'), {
        ...withLabels(created, { b: '3' }),
        spec: CHANGED,
      });
      const metadata = { ...created.metadata, labels: { b: '3' }, resourceVersion: versionOf(updated) };
      expect(versionOf(updated)).not.toBe(versionOf(created));
      expect(withoutBooks(updated)).toEqual(withoutBooks({ ...created, metadata, spec: CHANGED }));
      expect(await store.get(globalSetRef('a'))).toEqual(updated);
    },
  },
  {
    name: 'update keeps who an object is: its uid and the time of its creation',
    async run({ store }) {
      const { uid, creationTimestamp } = (await create(store, globalSet('a'))).metadata;
      const read = await store.get(globalSetRef('a'));
      const updated = await store.update(globalSetRef('a'), withSpec(read, CHANGED));
      expect(updated.metadata).toMatchObject({ uid, creationTimestamp });
    },
  },
  {
    name: 'update at an old version is a conflict and changes nothing',
    async run({ store }) {
      const created = await create(store, globalSet('a'));
      const updated = await store.update(globalSetRef('a'), withSpec(created, CHANGED));
      const late = store.update(globalSetRef('a'), withSpec(created, CHANGED_OTHERWISE));
      expect(await outcome(late)).toBe('conflict');
      expect(await store.get(globalSetRef('a'))).toEqual(updated);
    },
  },
  {
    name: 'update without a version is refused and changes nothing',
    needs: ['demanded versions'],
    async run({ store }) {
      const created = await create(store, globalSet('a'));
      const blind = store.update(globalSetRef('a'), globalSet('a', CHANGED));
      expect(
        await blind.then(
          () => 'done',
          () => 'refused',
        ),
      ).toBe('refused');
      expect(await store.get(globalSetRef('a'))).toEqual(created);
    },
  },
  {
    name: 'update of what was deleted is not-found and does not bring it back',
    async run({ store }) {
      const created = await create(store, globalSet('a'));
      await store.delete(globalSetRef('a'));
      const late = store.update(globalSetRef('a'), withSpec(created, CHANGED));
      expect(await outcome(late)).toBe('not-found');
      expect(await outcome(store.get(globalSetRef('a')))).toBe('not-found');
    },
  },
  {
    name: 'delete returns what it removed; a second one finds nothing',
    async run({ store }) {
      const created = await create(store, networkSet('dev', 'a'));
      expect(await store.delete(setRef('dev', 'a'))).toMatchObject({
        kind: 'NetworkSet',
        spec: created.spec,
      });
      expect(await outcome(store.get(setRef('dev', 'a')))).toBe('not-found');
      expect(await outcome(store.delete(setRef('dev', 'a')))).toBe('not-found');
    },
  },
  {
    name: 'delete with an old version is a conflict; with the current one it removes',
    async run({ store }) {
      const created = await create(store, globalSet('a'));
      const updated = await store.update(globalSetRef('a'), withSpec(created, CHANGED));
      expect(await outcome(store.delete(globalSetRef('a'), versionOf(created)))).toBe('conflict');
      expect(await store.get(globalSetRef('a'))).toEqual(updated);
      expect(await outcome(store.delete(globalSetRef('a'), versionOf(updated)))).toBe('done');
      expect(await outcome(store.delete(globalSetRef('a'), versionOf(updated)))).toBe('not-found');
    },
  },
  {
    name: 'a deleted name can be created anew',
    async run({ store }) {
      await create(store, globalSet('a'));
      await store.delete(globalSetRef('a'));
      const again = await create(store, globalSet('a', CHANGED));
      expect(await store.get(globalSetRef('a'))).toEqual(again);
      expect(again.spec).toEqual(CHANGED);
    },
  },
  {
    name: 'a version stays while its object does, whatever happens to others',
    async run({ store }) {
      const first = await create(store, globalSet('a'));
      const second = await create(store, globalSet('b'));
      await store.update(globalSetRef('b'), withSpec(second, CHANGED));
      await create(store, globalSet('c'));
      await store.delete(globalSetRef('c'));
      expect(await store.get(globalSetRef('a'))).toEqual(first);
    },
  },
  {
    name: 'kinds are apart, and a status is kept',
    needs: ['nodes'],
    async run({ store }) {
      await create(store, globalSet('a'));
      const spec = { bgp: { asNumber: 64512, ipv4Address: '10.2.0.1/24' } };
      const node = {
        ...resource(Node, { name: 'a' }, spec),
        status: { wireguardPublicKey: 'a'.repeat(43) + '=' },
      };
      const created = await create(store, node);
      expect(created.status).toEqual(node.status);
      expect(await store.get({ kind: Node, name: 'a' })).toEqual(created);
      await store.delete({ kind: Node, name: 'a' });
      expect((await store.get(globalSetRef('a'))).kind).toBe('GlobalNetworkSet');
    },
  },
  {
    name: 'namespaces are apart',
    async run({ store }) {
      await create(store, networkSet('dev', 'a', { nets: ['10.1.0.0/16'] }));
      await create(store, networkSet('prod', 'a', { nets: ['10.2.0.0/16'] }));
      expect((await store.get(setRef('dev', 'a'))).spec).toEqual({ nets: ['10.1.0.0/16'] });
      expect((await store.get(setRef('prod', 'a'))).metadata.namespace).toBe('prod');
      await store.delete(setRef('dev', 'a'));
      expect(await outcome(store.get(setRef('dev', 'a')))).toBe('not-found');
      expect(await outcome(store.get(setRef('prod', 'a')))).toBe('done');
      expect(await outcome(store.get(setRef('other', 'a')))).toBe('not-found');
    },
  },
  {
    name: 'objects given and objects returned stay the caller’s own',
    async run({ store }) {
      const given = withLabels(globalSet('a'), { a: '1' });
      const copy = structuredClone(given);
      const created = await create(store, given);
      expect(given).toEqual(copy);
      const kept = structuredClone(created);
      given.metadata.labels!['a'] = '2';
      (given.spec['nets'] as string[]).push('10.9.0.0/16');
      created.metadata.labels!['a'] = '3';
      const read = await store.get(globalSetRef('a'));
      expect(read).toEqual(kept);
      (read.spec['nets'] as string[])[0] = 'changed';
      expect(await store.get(globalSetRef('a'))).toEqual(kept);
    },
  },
];
