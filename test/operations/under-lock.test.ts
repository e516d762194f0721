import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { initialise } from '../../src/operations/initialise.ts';
import { lockDatastore, lockState, unlockDatastore } from '../../src/operations/lock.ts';
import { isRunning, purposeOf, underLock } from '../../src/operations/under-lock.ts';
import { fileStore, type OpenStore } from './stores.ts';

let open: OpenStore;
let store: Datastore;
beforeEach(async () => {
  open = await fileStore();
  store = open.store;
  await initialise(store);
});
afterEach(() => open.stop());

const note = (process: number) => ({
  holder: 'ada@laptop',
  purpose: purposeOf('ipam repair', process),
  since: '2026-01-01T00:00:00Z',
});
const alive = () => true;
const dead = () => false;

describe('work under the lock', () => {
  test('holds it with its note, and unlocks at its end, be it good or bad', async () => {
    const seen = await underLock(store, note(7), alive, () => lockState(store));
    expect(seen).toEqual({ locked: true, note: note(7) });
    expect(await lockState(store)).toEqual({ locked: false });
    const failing = underLock(store, note(7), alive, async () => {
      throw new Error('broken');
    });
    expect(failing).rejects.toThrow('broken');
    await failing.catch(() => {});
    expect(await lockState(store)).toEqual({ locked: false });
  });

  test('leaves a lock of others as it is', async () => {
    await lockDatastore(store);
    await underLock(store, note(7), alive, async () => {});
    expect(await lockState(store)).toEqual({ locked: true });
  });

  test('takes over the lock of a repair that was killed, and waits for none that is running', async () => {
    await lockDatastore(store, note(6));
    expect(underLock(store, note(7), alive, async () => {})).rejects.toThrow(
      'the datastore is locked by ada@laptop since 2026-01-01T00:00:00Z for ipam repair, process 6',
    );
    const elsewhere = { ...note(7), holder: 'ada@server' };
    expect(underLock(store, elsewhere, dead, async () => {})).rejects.toThrow('the datastore is locked');
    await underLock(store, note(7), dead, async () => {});
    expect(await lockState(store)).toEqual({ locked: false });
  });

  test('does not unlock what somebody else has locked in the meantime', async () => {
    const theirs = { ...note(7), purpose: 'an upgrade' };
    await underLock(store, note(7), alive, async () => {
      await unlockDatastore(store);
      await lockDatastore(store, theirs);
    });
    expect(await lockState(store)).toEqual({ locked: true, note: theirs });
  });
});

test('a process is running unless the system says that there is none', () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };
  expect(isRunning(7, () => true)).toBe(true);
  expect(isRunning(7, failing('EPERM'))).toBe(true);
  expect(isRunning(7, failing('ESRCH'))).toBe(false);
});
