import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { put } from '../../operations/stores.ts';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from '../fixture.ts';
import type { Workspace } from '../run.ts';

const space = eachInWorkspace();

const BLUE = { cidr: '10.20.0.0/24', blockSize: 28, nodeSelector: 'all()' };

/** A pool of which one pod has an address. */
async function populate(at: Workspace): Promise<void> {
  const block = {
    ...{ cidr: '10.20.0.0/28', affinity: 'host:w1', deleted: false, sequenceNumber: 7 },
    allocations: [0, ...Array<null>(15).fill(null)],
    unallocated: Array.from({ length: 15 }, (_, index) => index + 1),
    attributes: [{ handle_id: 'h', secondary: { pod: 'web-0', namespace: 'shop', node: 'w1' } }],
    sequenceNumberForAllocation: { '0': 6 },
  };
  await done(at, 'create -f -', stream(manifest('IPPool', 'blue', BLUE), manifest('Node', 'w1', {})));
  const store = await openFileDatastore({ directory: join(at.folder, '.datastore') });
  await put(store, 'IPAMBlock', block.cidr, block);
  await store.close();
}

describe('ippool migrate', () => {
  test('goes step by step, tells what is next, and is over in the end', async () => {
    const { at } = space;
    await done(at, 'create -f -', stream(manifest('IPPool', 'blue', BLUE), manifest('Node', 'w1', {})));
    const flags = '--to-cidr 10.60.0.0/24 --to-name green --apply';
    expect(
      await done(at, `ippool migrate blue ${flags}`),
    ).toBe(`Step 1 is done: Create the pool green: 10.60.0.0/24, blocks of /28.
Next: step 2, by
  calicoctl ippool migrate blue --apply
`);
    expect(await names(at, 'ippool')).toEqual(['ippool/blue', 'ippool/green']);
    expect(await done(at, 'ippool migrate blue --apply')).toContain('Step 2 is done: Disable pool blue');
    expect((await stored(at, 'ippool blue')).spec['disabled']).toBe(true);
    expect(await done(at, `ippool migrate blue ${flags}`)).toContain('Step 5 is done: Delete pool blue.');
    expect(await done(at, 'ippool migrate blue --apply')).toBe(
      'Step 6 is done: Take the note of the migration off pool green.\nThe migration is over.\n',
    );
    const { metadata, spec } = await stored(at, 'ippool green');
    expect([metadata['annotations'], spec['cidr']]).toEqual([undefined, '10.60.0.0/24']);
    const again = await failing(at, 'ippool migrate blue --apply');
    expect(again.err).toContain('resource does not exist: IPPool(blue)');
  });

  test('fails with what speaks against the step, and changes nothing', async () => {
    const { at } = space;
    await done(
      at,
      'create -f -',
      stream(manifest('IPPool', 'blue', BLUE), manifest('IPPool', 'red', { cidr: '10.60.0.0/16' })),
    );
    const { out, err } = await failing(at, 'ippool migrate blue --to-cidr 10.60.0.0/24 --apply');
    expect([out, err]).toEqual([
      '',
      `step 1 is not done, since addresses would be left without a pool or could not be had:
  the new range 10.60.0.0/24 overlaps 10.60.0.0/16 of pool red
    Choose another range: pools never overlap.
`,
    ]);
    const plan = await done(at, 'ippool migrate blue --to-cidr 10.60.0.0/24');
    expect(plan).toEndWith('Next: nothing, as long as the errors above hold.\n');
  });

  test('asks for the range of a temporary pool', async () => {
    const { at } = space;
    await done(at, 'create -f -', manifest('IPPool', 'blue', BLUE));
    const { err } = await failing(at, 'ippool migrate blue --to-block-size 26 --apply');
    expect(err).toContain('give it with --via-cidr\n  10.20.1.0/24 is free as far as Calico knows');
    expect(await names(at, 'ippool')).toEqual(['ippool/blue']);
  });

  test('holds to what the migration was begun for', async () => {
    const { at } = space;
    await done(at, 'create -f -', manifest('IPPool', 'blue', BLUE));
    await done(at, 'ippool migrate blue --to-cidr 10.60.0.0/24 --apply');
    const { err } = await failing(at, 'ippool migrate blue --to-cidr 10.61.0.0/24 --apply');
    expect(
      err,
    ).toBe(`--to-cidr says 10.61.0.0/24, but the migration of blue that is under way goes to 10.60.0.0/24
  Leave the flag out to go on with it, or give it up first with --abort.
`);
  });

  test('is given up by --abort', async () => {
    const { at } = space;
    await done(at, 'create -f -', manifest('IPPool', 'blue', BLUE));
    const before = await stored(at, 'ippool blue');
    await done(at, 'ippool migrate blue --to-cidr 10.60.0.0/24 --to-name green --apply');
    await done(at, 'ippool migrate blue --apply');
    expect(
      await done(at, 'ippool migrate blue --abort'),
    ).toBe(`Pool green is marked: no step forward is taken any more.
Pool blue is as it was: it hands out addresses again.
Pool green is disabled.
Pool green and its empty blocks are deleted.
The migration is given up.
`);
    expect((await stored(at, 'ippool blue')).spec).toEqual(before.spec);
    expect(await names(at, 'ippool')).toEqual(['ippool/blue']);
    const { err } = await failing(at, 'ippool migrate blue --abort');
    expect(err).toBe('no migration of a pool blue is under way, so there is nothing to give up\n');
  });

  test('leaves a pool that was there as it is when given up', async () => {
    const { at } = space;
    const green = manifest('IPPool', 'green', { cidr: '10.60.0.0/24' });
    await done(at, 'create -f -', stream(manifest('IPPool', 'blue', BLUE), green));
    const before = await stored(at, 'ippool green');
    expect(await done(at, 'ippool migrate blue --to green --apply')).toContain(
      'Step 1 is done: Note on pool green, which is there already, that blue moves to it.',
    );
    expect(await done(at, 'ippool migrate blue --abort')).toContain(
      'Pool green stays, since it was there before',
    );
    const after = await stored(at, 'ippool green');
    expect([after.spec, after.metadata['annotations']]).toEqual([before.spec, undefined]);
  });

  test('says who has to leave, fails while they are there, and tells programs the same', async () => {
    const { at } = space;
    await populate(at);
    await done(at, 'ippool migrate blue --to-cidr 10.60.0.0/24 --apply');
    await done(at, 'ippool migrate blue --apply');
    const { out, err } = await failing(at, 'ippool migrate blue --apply --wait 10ms');
    expect(out).toContain('allocated, but no endpoint has them: 10.20.0.0; see `calicoctl ipam check`');
    expect(err).toContain('step 3 is not done: 1 address(es) of pool blue are in use or rest\n');
    const { status, out: json } = await at.calicoctl(['ippool', 'migrate', 'blue', '--apply', '-o', 'json']);
    const value = JSON.parse(json) as { migration: Record<string, unknown> };
    expect([status, value]).toMatchObject([
      1,
      {
        ...{ step: 3, what: 'wait', pool: 'blue', done: false, over: false },
        migration: {
          state: 'under way',
          holders: [
            {
              address: '10.20.0.0',
              what: 'pod',
              node: 'w1',
              namespace: 'shop',
              name: 'web-0',
              confirmed: false,
            },
          ],
          blocks: [{ cidr: '10.20.0.0/28', owner: 'host:w1', inUse: 1 }],
        },
      },
    ]);
  });

  test.each([
    ['--plan --apply', 'give one of --plan, --apply and --abort'],
    ['--abort --to-cidr 10.0.0.0/8', '--abort gives up the migration that is under way: it takes no goal'],
    ['--wait soon', "--wait 'soon' is not a duration such as 90s or 10m"],
    ['--to-block-size large', "--to-block-size 'large' is not a prefix length such as 26"],
  ])('refuses %s', async (flags, message) => {
    const { err } = await failing(space.at, `ippool migrate blue ${flags}`);
    expect(err).toBe(`${message}\n`);
  });

  test('--config leads to another datastore', async () => {
    await populate(space.at);
    const { err } = await failing(
      space.at,
      'ippool migrate blue --to-cidr 10.60.0.0/24 --config elsewhere.cfg',
    );
    expect(err).toContain('resource does not exist: IPPool(blue)');
  });
});
