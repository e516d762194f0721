import { expect } from 'bun:test';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import type { Check } from '../contract.ts';
import {
  create,
  Node,
  networkSet,
  outcome,
  pool,
  poolRef,
  resource,
  setRef,
  versionOf,
  withLabels,
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
      const given = pool('a', { natOutgoing: true });
      const created = await create(store, given);
      const { resourceVersion: _, ...metadata } = created.metadata;
      expect({ ...created, metadata }).toEqual(given);
      versionOf(created);
      expect(await store.get(poolRef('a'))).toEqual(created);
      const other = await reopen();
      expect(await other.get(poolRef('a'))).toEqual(created);
    },
  },
  {
    name: 'create never overwrites',
    async run({ store }) {
      const created = await create(store, pool('a'));
      expect(await outcome(create(store, pool('a', { disabled: true })))).toBe('already-exists');
      expect(await store.get(poolRef('a'))).toEqual(created);
    },
  },
  {
    name: 'update at the current version replaces, and makes another version',
    async run({ store }) {
      const created = await create(store, pool('a', { natOutgoing: true }));
      const { natOutgoing: _, ...spec } = created.spec;
      const updated = await store.update(poolRef('a'), { ...created, spec: { ...spec, disabled: true } });
      expect(versionOf(updated)).not.toBe(versionOf(created));
      expect(updated.spec).toEqual({ cidr: '10.0.0.0/16', nodeSelector: 'all()', disabled: true });
      expect(await store.get(poolRef('a'))).toEqual(updated);
    },
  },
  {
    name: 'update at an old version is a conflict and changes nothing',
    async run({ store }) {
      const created = await create(store, pool('a'));
      const updated = await store.update(poolRef('a'), withSpec(created, { disabled: true }));
      const late = store.update(poolRef('a'), withSpec(created, { natOutgoing: true }));
      expect(await outcome(late)).toBe('conflict');
      expect(await store.get(poolRef('a'))).toEqual(updated);
    },
  },
  {
    name: 'update without a version is refused and changes nothing',
    async run({ store }) {
      const created = await create(store, pool('a'));
      const blind = store.update(poolRef('a'), pool('a', { disabled: true }));
      expect(
        await blind.then(
          () => 'done',
          () => 'refused',
        ),
      ).toBe('refused');
      expect(await store.get(poolRef('a'))).toEqual(created);
    },
  },
  {
    name: 'update of what was deleted is not-found and does not bring it back',
    async run({ store }) {
      const created = await create(store, pool('a'));
      await store.delete(poolRef('a'));
      const late = store.update(poolRef('a'), withSpec(created, { disabled: true }));
      expect(await outcome(late)).toBe('not-found');
      expect(await outcome(store.get(poolRef('a')))).toBe('not-found');
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
      const created = await create(store, pool('a'));
      const updated = await store.update(poolRef('a'), withSpec(created, { disabled: true }));
      expect(await outcome(store.delete(poolRef('a'), versionOf(created)))).toBe('conflict');
      expect(await store.get(poolRef('a'))).toEqual(updated);
      expect(await outcome(store.delete(poolRef('a'), versionOf(updated)))).toBe('done');
      expect(await outcome(store.delete(poolRef('a'), versionOf(updated)))).toBe('not-found');
    },
  },
  {
    name: 'a deleted name can be created anew',
    async run({ store }) {
      await create(store, pool('a'));
      await store.delete(poolRef('a'));
      const again = await create(store, pool('a', { disabled: true }));
      expect(await store.get(poolRef('a'))).toEqual(again);
      expect(again.spec['disabled']).toBe(true);
    },
  },
  {
    name: 'a version stays while its object does, whatever happens to others',
    async run({ store }) {
      const first = await create(store, pool('a'));
      const second = await create(store, pool('b'));
      await store.update(poolRef('b'), withSpec(second, { disabled: true }));
      await create(store, pool('c'));
      await store.delete(poolRef('c'));
      expect(await store.get(poolRef('a'))).toEqual(first);
    },
  },
  {
    name: 'kinds are apart, and a status is kept',
    needs: ['nodes'],
    async run({ store }) {
      await create(store, pool('a'));
      const spec = { bgp: { asNumber: 64512, ipv4Address: '10.2.0.1/24' } };
      const node = {
        ...resource(Node, { name: 'a' }, spec),
        status: { wireguardPublicKey: 'a'.repeat(43) + '=' },
      };
      const created = await create(store, node);
      expect(created.status).toEqual(node.status);
      expect(await store.get({ kind: Node, name: 'a' })).toEqual(created);
      await store.delete({ kind: Node, name: 'a' });
      expect((await store.get(poolRef('a'))).kind).toBe('IPPool');
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
      const given = withLabels(pool('a', { allowedUses: ['Workload'] }), { a: '1' });
      const copy = structuredClone(given);
      const created = await create(store, given);
      expect(given).toEqual(copy);
      const kept = structuredClone(created);
      given.metadata.labels!['a'] = '2';
      (given.spec['allowedUses'] as string[]).push('Tunnel');
      created.metadata.labels!['a'] = '3';
      const read = await store.get(poolRef('a'));
      expect(read).toEqual(kept);
      read.spec['cidr'] = 'changed';
      expect(await store.get(poolRef('a'))).toEqual(kept);
    },
  },
];
