import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, manifest, stored } from './fixture.ts';
import type { Run } from './run.ts';

const place = eachInWorkspace();

async function patch(words: string, text: string): Promise<Run> {
  return place.at.calicoctl(['patch', ...words.split(' '), '-p', text]);
}

const policy = manifest(
  'GlobalNetworkPolicy',
  'p',
  { order: 1, selector: 'all()', ingress: [{ action: 'Allow' }, { action: 'Deny' }] },
  { labels: { a: '1', b: '2' } },
);

describe('patch', () => {
  test('--type strategic, the default, merges maps, replaces lists and removes by null', async () => {
    await done(place.at, 'create -f -', policy);
    const before = await stored(place.at, 'gnp p');
    const run = await patch(
      'gnp p',
      '{"metadata":{"labels":{"b":null,"c":"3"}},"spec":{"ingress":[{"action":"Log"}]}}',
    );
    expect(run).toEqual({
      status: 0,
      out: "Successfully patched 1 'GlobalNetworkPolicy' resource\n",
      err: '',
    });
    const after = await stored(place.at, 'gnp p');
    expect(after.metadata['labels']).toEqual({ a: '1', c: '3', 'projectcalico.org/tier': 'default' });
    expect(after.spec).toEqual({ ...before.spec, ingress: [{ action: 'Log' }] });
    expect(after.metadata['uid']).toBe(before.metadata['uid']);
  });

  test('--type json is a list of operations, done as a whole or not at all', async () => {
    await done(place.at, 'create -f -', policy);
    expect(
      (
        await patch(
          'gnp p --type json',
          '[{"op":"remove","path":"/spec/ingress/0"},{"op":"replace","path":"/spec/order","value":9}]',
        )
      ).status,
    ).toBe(0);
    expect((await stored(place.at, 'gnp p')).spec).toMatchObject({ order: 9, ingress: [{ action: 'Deny' }] });
    const failed = await patch(
      'gnp p -t json',
      '[{"op":"replace","path":"/spec/order","value":1},{"op":"test","path":"/spec/selector","value":"x"}]',
    );
    expect(failed.status).toBe(1);
    expect(failed.err).toContain('/spec/selector');
    expect((await stored(place.at, 'gnp p')).spec['order']).toBe(9);
  });

  test('--type merge replaces lists', async () => {
    await done(place.at, 'create -f -', policy);
    await patch('gnp p -t merge', '{"spec":{"selector":null,"ingress":[{"action":"Pass"}]}}');
    const { spec } = await stored(place.at, 'gnp p');
    expect([spec['selector'], spec['ingress']]).toEqual([undefined, [{ action: 'Pass' }]]);
  });

  const refused: readonly (readonly [name: string, words: string, text: string, said: readonly string[]])[] =
    [
      [
        'a wrong value',
        'gnp p',
        '{"spec":{"ingress":[{"action":"Permit"}]}}',
        ['GlobalNetworkPolicy(p)', 'spec.ingress[0].action', '"Permit"', '"Allow"'],
      ],
      ['an unknown field', 'gnp p', '{"spec":{"oder":1}}', ['spec.oder', 'did you mean "order"?']],
      ['another kind', 'gnp p', '{"kind":"Tier"}', ['GlobalNetworkPolicy(p)', 'Tier']],
      [
        'another name',
        'gnp p',
        '{"metadata":{"name":"q"}}',
        ['cannot rename GlobalNetworkPolicy(p) to GlobalNetworkPolicy(q)'],
      ],
      ['another uid', 'gnp p', '{"metadata":{"uid":"u"}}', ['metadata.uid', 'cannot be changed']],
      [
        'an old version',
        'gnp p',
        '{"metadata":{"resourceVersion":"1"}}',
        ['update conflict: GlobalNetworkPolicy(p)'],
      ],
      ['text that is not JSON', 'gnp p', '{"spec":', ['patch']],
      ['an unknown type', 'gnp p -t yaml', '{}', ['yaml', 'strategic']],
      ['what is not there', 'gnp q', '{}', ['GlobalNetworkPolicy(q)']],
      [
        'a read-only kind',
        'clusterinformation default',
        '{}',
        ['operation patch is not supported on ClusterInformation(default)'],
      ],
      ['an unknown kind', 'gnpp p', '{}', ["'gnpp'", 'did you mean "gnp"?']],
    ];
  test.each(refused)('%s is refused and nothing is changed', async (_name, words, text, said) => {
    await done(place.at, 'create -f -', policy);
    const before = await stored(place.at, 'gnp p');
    const { status, out, err } = await patch(words, text);
    expect([status, out, said.filter((word) => !err.includes(word))]).toEqual([1, '', []]);
    expect(await stored(place.at, 'gnp p')).toEqual(before);
  });

  test('--patch, --namespace and --config', async () => {
    const set = manifest('NetworkSet', 'dev/s');
    await done(place.at, 'create -f -', set);
    await done(place.at, 'create -f - -c elsewhere.cfg', set);
    await done(place.at, 'patch networkset s --namespace dev --patch {"spec":{"nets":["10.0.0.0/8"]}}');
    expect((await stored(place.at, 'networkset s -n dev')).spec).toEqual({ nets: ['10.0.0.0/8'] });
    expect((await stored(place.at, 'networkset s -n dev -c elsewhere.cfg')).spec).toEqual({});
    await done(
      place.at,
      'patch networkset s -n dev --config elsewhere.cfg -p {"spec":{"nets":["fd00::/8"]}}',
    );
    expect((await stored(place.at, 'networkset s -n dev -c elsewhere.cfg')).spec).toEqual({
      nets: ['fd00::/8'],
    });
  });
});
