import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { CalicoctlError } from '../../../src/core/errors.ts';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { isGone, type Owner, thisOwner } from '../../../src/datastore/file/owner.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { create, pool, poolRef, withSpec } from '../contract/objects.ts';
import { type FileEnvironment, openFileEnvironment } from './environment.ts';

let environment: FileEnvironment;
let created: Resource;
beforeEach(async () => {
  environment = await openFileEnvironment();
  created = await create(environment.store, pool('a'));
  await environment.store.close();
});
afterEach(() => environment.cleanup());

/** The number of a process that has ended. */
const ended = spawnSync('true').pid;
const dead = (): Owner => ({ ...thisOwner(), pid: ended, start: '1' });
const alive = (): Owner => thisOwner();

function papers(): string[] {
  return readdirSync(join(environment.directory, '.calicoctl')).sort();
}

function leave(name: string, owner: Owner): void {
  environment.write(`.calicoctl/${name}`, JSON.stringify(owner));
}

/** Updates through a client that waits for the lock so long, and closes it. */
async function update(lockTimeoutMs = 50, signal?: AbortSignal): Promise<unknown> {
  const store = await openFileDatastore({
    directory: environment.directory,
    lockTimeoutMs,
    ...(signal ? { signal } : {}),
  });
  try {
    const updated = await store.update(poolRef('a'), withSpec(created, { disabled: true }));
    return updated.spec['disabled'];
  } catch (error) {
    return error;
  } finally {
    await store.close();
  }
}

describe('a lock', () => {
  test('of a process that ended is inherited, and nothing is left of it', async () => {
    const owner = dead();
    leave('lock', owner);
    leave(`owner-${owner.id}`, owner);
    environment.write(`.calicoctl/tmp-${owner.id}-3`, 'half a mani');
    expect(await update()).toBe(true);
    expect(papers()).toEqual(['.gitignore']);
  });

  test('leaves nothing; drafts of cards are swept when they are old', async () => {
    const [young, old] = [
      'new-00000000-0000-4000-8000-000000000001',
      'new-00000000-0000-4000-8000-000000000002',
    ];
    environment.write(`.calicoctl/${young}`, '');
    environment.write(`.calicoctl/${old}`, '');
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(environment.directory, '.calicoctl', old), hourAgo, hourAgo);
    expect(await update()).toBe(true);
    expect(papers()).toEqual(['.gitignore', young]);
  });

  test('whose heirs ended too is inherited from the last of them', async () => {
    const [first, second, third] = [dead(), dead(), dead()];
    leave('lock', first);
    leave(`lock.${first.id}`, second);
    leave(`lock.${second.id}`, third);
    expect(await update()).toBe(true);
    expect(papers()).toEqual(['.gitignore']);
  });

  test('whose last heir lives is waited for', async () => {
    const [first, second] = [dead(), alive()];
    leave('lock', first);
    leave(`lock.${first.id}`, second);
    const error = (await update()) as CalicoctlError;
    expect(error.errorClass).toBe('unavailable');
    expect(error.message).toContain(join(environment.directory, `.calicoctl/lock.${first.id}`));
    expect(papers()).toEqual(['.gitignore', 'lock', `lock.${first.id}`]);
  });

  test('of a process whose number was given to another is inherited', async () => {
    leave('lock', { ...alive(), start: '1' });
    expect(await update()).toBe(true);
  });

  test('from before the machine was started anew is inherited', async () => {
    const owner = { ...alive(), boot: 'another', machine: thisOwner().machine };
    leave('lock', owner);
    expect(await update()).toBe(owner.machine === '' ? expect.anything() : true);
  });

  test('of a living process makes writers wait, then give up with its name', async () => {
    const owner = alive();
    leave('lock', owner);
    const started = performance.now();
    const error = (await update(100)) as CalicoctlError;
    expect(performance.now() - started).toBeGreaterThanOrEqual(95);
    expect(error.errorClass).toBe('unavailable');
    expect(error.message).toContain(`process ${process.pid} on ${owner.host}`);
    expect(error.details.hint).toContain(join(environment.directory, '.calicoctl/lock'));
    expect((await environment.store.get(poolRef('a'))).spec).toEqual(created.spec);
    expect(papers()).toEqual(['.gitignore', 'lock']);
  });

  test('that is given back while somebody waits is taken', async () => {
    leave('lock', alive());
    setTimeout(() => rmSync(join(environment.directory, '.calicoctl/lock')), 40);
    expect(await update(5000)).toBe(true);
  });

  test('from another machine, or that names nobody, is never broken', async () => {
    leave('lock', { ...dead(), host: 'elsewhere' });
    expect(((await update()) as CalicoctlError).message).toContain('on elsewhere');
    environment.write('.calicoctl/lock', '');
    expect(((await update()) as CalicoctlError).message).toContain('an unknown process');
  });

  test('is not waited for after Ctrl-C', async () => {
    leave('lock', alive());
    const started = performance.now();
    const error = (await update(5000, AbortSignal.timeout(30))) as CalicoctlError;
    expect(error.errorClass).toBe('cancelled');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('is not needed for reading or creating', async () => {
    leave('lock', alive());
    expect(await environment.store.get(poolRef('a'))).toEqual(created);
    expect((await create(environment.store, pool('b'))).metadata.name).toBe('b');
  });
});

describe('an owner is gone', () => {
  test('only where that is certain', () => {
    const here = thisOwner();
    expect(isGone(here)).toBe(false);
    expect(isGone(dead())).toBe(true);
    expect(isGone({ ...dead(), host: 'elsewhere' })).toBe(false);
    expect(isGone({ ...dead(), machine: 'another' })).toBe(false);
    expect(isGone({ ...dead(), pidNamespace: 'pid:[1]' })).toBe(false);
    expect(isGone({ ...here, start: '' })).toBe(false);
  });
});
