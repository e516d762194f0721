import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, stored } from './fixture.ts';

const place = eachInWorkspace();

const labels = async (words: string) => (await stored(place.at, words)).metadata['labels'];

describe('label', () => {
  test('sets labels in one write and says each', async () => {
    await done(place.at, 'create -f -', manifest('GlobalNetworkSet', 's', { nets: ['10.0.0.0/8'] }));
    const before = await stored(place.at, 'globalnetworkset s');
    expect(await done(place.at, 'label gnetsets s rack=r1 a.example/empty=')).toBe(
      'Successfully set label rack on gnetsets s\nSuccessfully set label a.example/empty on gnetsets s\n',
    );
    const after = await stored(place.at, 'globalnetworkset s');
    expect(after.metadata['labels']).toEqual({ rack: 'r1', 'a.example/empty': '' });
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata['uid']).toBe(before.metadata['uid']);
  });

  test('another value needs --overwrite; the same value is no change of mind', async () => {
    await done(place.at, 'create -f -', manifest('Tier', 't', {}, { labels: { a: '1' } }));
    const { err } = await failing(place.at, 'label tier t b=1 a=2');
    expect(err).toBe(
      'failed to update label of Tier(t), key a is already present with the value "1"\n  Use \'--overwrite\' to set a new value.\n',
    );
    expect(await labels('tier t')).toEqual({ a: '1' });
    expect(await done(place.at, 'label tier t a=1')).toBe('Successfully updated label a on tier t\n');
    expect(await done(place.at, 'label tier t a=2 --overwrite')).toBe(
      'Successfully updated label a on tier t\n',
    );
    expect(await labels('tier t')).toEqual({ a: '2' });
  });

  test('--remove takes keys', async () => {
    await done(place.at, 'create -f -', manifest('Tier', 't', {}, { labels: { a: '1', b: '2', c: '3' } }));
    expect(await done(place.at, 'label tier t a c --remove')).toBe(
      'Successfully removed label a from tier t\nSuccessfully removed label c from tier t\n',
    );
    expect(await labels('tier t')).toEqual({ b: '2' });
    expect((await failing(place.at, 'label tier t b a --remove')).err).toBe(
      'cannot remove label of Tier(t), key a does not exist\n',
    );
    expect(await labels('tier t')).toEqual({ b: '2' });
  });

  const refused: readonly (readonly [name: string, words: readonly string[], said: readonly string[]])[] = [
    ['a word without a value', ['tier', 't', 'a'], ['invalid label a', 'KEY=VALUE']],
    ['a key that is no label key', ['tier', 't', 'a b=c'], ['Tier(t)', 'metadata.labels', 'a b']],
    ['a value that is no label value', ['tier', 't', 'a=b c'], ['Tier(t)', 'metadata.labels', '"b c"']],
    ['what is not there', ['tier', 'u', 'a=b'], ['Tier(u)']],
    [
      'a read-only kind',
      ['clusterinformation', 'default', 'a=b'],
      ['operation label is not supported on ClusterInformation(default)'],
    ],
    ['an unknown kind', ['teir', 't', 'a=b'], ["'teir'", 'did you mean "tier"?']],
    ['an empty name', ['tier', '', 'a=b'], ['name may not be empty']],
    ['too few words', ['tier', 't'], ['wrong number of arguments', '2 were given']],
  ];
  test.each(refused)('%s is refused', async (_name, words, said) => {
    await done(place.at, 'create -f -', manifest('Tier', 't'));
    const before = await stored(place.at, 'tier t');
    const { status, out, err } = await place.at.calicoctl(['label', ...words]);
    expect([status, out, said.filter((word) => !err.includes(word))]).toEqual([1, '', []]);
    expect(await stored(place.at, 'tier t')).toEqual(before);
  });

  test('--namespace and --config', async () => {
    const set = manifest('NetworkSet', 'dev/s');
    await done(place.at, 'create -f -', set);
    await done(place.at, 'create -f - -c elsewhere.cfg', set);
    await done(place.at, 'label networkset s at=here --namespace dev');
    await done(place.at, 'label networkset s at=there -n dev --config elsewhere.cfg');
    expect(await labels('networkset s -n dev')).toEqual({ at: 'here' });
    expect(await labels('networkset s -n dev -c elsewhere.cfg')).toEqual({ at: 'there' });
    expect((await failing(place.at, 'label networkset s at=x')).err).toContain('NetworkSet(default/s)');
  });
});
