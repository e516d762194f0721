import { expect, test } from 'bun:test';
import { etcdDatastore } from '../../src/datastore/etcdv3/store.ts';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import { migratePolicyNames } from '../../src/migration/policy-names.ts';
import { startEtcd } from '../testbed/testbed.ts';

const TREE = '/calico/resources/v3/projectcalico.org/globalnetworkpolicies/';

function policy(name: string, selector: string): string {
  const metadata = { name, uid: '11111111-2222-3333-4444-555555555555' };
  return JSON.stringify({
    ...{ kind: 'GlobalNetworkPolicy', apiVersion: 'projectcalico.org/v3' },
    ...{ metadata, spec: { tier: 'default', selector } },
  });
}

test('policies under both names keep the new one, and what differed under the old one is shown', async () => {
  const etcd = await startEtcd();
  const client = openEtcd({ endpoints: [etcd.url] });
  const stored = {
    'default.moved': policy('default.moved', 'all()'),
    'default.same': policy('default.same', 'all()'),
    same: policy('same', 'all()'),
    'default.other': policy('default.other', 'has(old)'),
    other: policy('other', 'has(new)'),
  };
  for (const [name, text] of Object.entries(stored)) await client.put(TREE + name, text);
  const store = etcdDatastore(client);
  const told: string[] = [];
  expect(await migratePolicyNames(store, (text) => told.push(text))).toBe(3);
  expect(told.length).toBe(1);
  expect(told[0]).toStartWith(
    'Warning: GlobalNetworkPolicy(other) was stored under both names, and not the same: they differ in spec.selector. ',
  );
  expect(told[0]).toContain('"selector":"has(old)"');
  const { kvs } = await client.range({ prefix: TREE });
  const selectors = kvs.map(({ key, value }) => [
    key.slice(TREE.length),
    JSON.parse(new TextDecoder().decode(value)).spec.selector,
  ]);
  expect(selectors).toEqual([
    ['moved', 'all()'],
    ['other', 'has(new)'],
    ['same', 'all()'],
  ]);
  client.close();
  await etcd.stop();
});
