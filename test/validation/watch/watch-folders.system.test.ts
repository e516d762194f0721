import { afterEach, describe, expect, test } from 'bun:test';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { Alarm } from '../../../src/validation/watch/alarm.ts';
import { FolderWatch } from '../../../src/validation/watch/folders.ts';
import { isSame, snapshotOf } from '../../../src/validation/watch/snapshot.ts';
import { checkWatchable, watchFiles } from '../../../src/validation/watch.ts';

interface Watching {
  readonly folder: string;
  readonly said: () => string;
  /** Waits until it has run so often in all, and then no more. */
  runs(count: number): Promise<void>;
  end(): Promise<unknown>;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0)) await end();
});

const QUIET = 20;

function watching(
  prepare: (folder: string) => readonly string[],
  run: (count: number) => Promise<void> | void = () => {},
  recursive = true,
): Watching {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'calicoctl-watch-')));
  const files = prepare(folder);
  const stop = new AbortController();
  let [count, said, wake] = [0, '', () => {}];
  const err = (text: string) => {
    said += text;
  };
  const io = {
    ...{ out() {}, err, stdin: async function* () {}, env: {}, cwd: folder },
    ...{ terminal: { out: false, err: false, in: false }, signal: stop.signal },
  };
  const ended = watchFiles({ files, recursive, io, quiet: QUIET }, async () => {
    count++;
    wake();
    await run(count);
  }).catch((error) => error);
  const end = async () => {
    stop.abort();
    const result = await ended;
    rmSync(folder, { recursive: true, force: true });
    return result;
  };
  open.push(end);
  return {
    ...{ folder, end, said: () => said },
    async runs(wanted) {
      const late = Date.now() + 5000;
      while (count < wanted && Date.now() < late)
        await Promise.race([new Promise<void>((done) => (wake = done)), Bun.sleep(50)]);
      await Bun.sleep(4 * QUIET);
      expect(count).toBe(wanted);
    },
  };
}

const write = (folder: string, name: string, text = name) => writeFileSync(join(folder, name), text);

describe('--watch', () => {
  test('runs at once, and once for all that an editor does to replace a file', async () => {
    const at = watching((folder) => {
      write(folder, 'a.yaml');
      return ['a.yaml'];
    });
    await at.runs(1);
    write(at.folder, '.a.yaml.swp');
    write(at.folder, 'a.yaml~', 'new');
    rmSync(join(at.folder, 'a.yaml'));
    renameSync(join(at.folder, 'a.yaml~'), join(at.folder, 'a.yaml'));
    await at.runs(2);
    write(at.folder, 'a.yaml', 'again');
    await at.runs(3);
    expect(at.said()).toMatch(/^Watching .*\n--- \d\d:\d\d:\d\d ---\n--- \d\d:\d\d:\d\d ---\n$/);
  });

  test('files that come and go in a folder, and below it with -R', async () => {
    const at = watching((folder) => {
      write(folder, 'a.yaml');
      return ['.'];
    });
    await at.runs(1);
    mkdirSync(join(at.folder, 'sub'));
    write(at.folder, 'notes.txt');
    await at.runs(1);
    write(at.folder, 'sub/b.yaml');
    await at.runs(2);
    write(at.folder, 'sub/b.yaml', 'more');
    await at.runs(3);
    rmSync(join(at.folder, 'sub'), { recursive: true });
    await at.runs(4);
    mkdirSync(join(at.folder, 'sub'));
    write(at.folder, 'sub/b.yaml', 'back');
    await at.runs(5);
    // Another folder in its place, before anybody could look: what is in it has to be watched.
    rmSync(join(at.folder, 'sub'), { recursive: true });
    mkdirSync(join(at.folder, 'sub'));
    write(at.folder, 'sub/b.yaml', 'other');
    await at.runs(6);
    const begun = performance.now();
    write(at.folder, 'sub/b.yaml', 'and more');
    await at.runs(7);
    expect(performance.now() - begun).toBeLessThan(1500);
  });

  test('without -R what lies deeper is no matter', async () => {
    const prepare = (folder: string) => {
      mkdirSync(join(folder, 'sub'));
      return ['.'];
    };
    const at = watching(prepare, () => {}, false);
    await at.runs(1);
    write(at.folder, 'sub/b.yaml');
    await at.runs(1);
    write(at.folder, 'b.yaml');
    await at.runs(2);
  });

  test('a link is watched, and what it leads to', async () => {
    const at = watching((folder) => {
      mkdirSync(join(folder, 'real'));
      write(folder, 'real/1');
      write(folder, 'real/2', 'other');
      symlinkSync('real/1', join(folder, 'a.yaml'));
      return ['a.yaml'];
    });
    await at.runs(1);
    write(at.folder, 'real/1', 'new');
    await at.runs(2);
    symlinkSync('real/2', join(at.folder, 'next'));
    renameSync(join(at.folder, 'next'), join(at.folder, 'a.yaml'));
    await at.runs(3);
  });

  test('a change during a run is not lost', async () => {
    const at: Watching = watching(
      () => ['.'],
      (count) => {
        if (count === 1) write(at.folder, 'a.yaml');
      },
    );
    await at.runs(2);
  });

  test('an error of a later run is told and does not end it; one of the first does', async () => {
    const at = watching(
      () => ['a.yaml'],
      (count) => {
        if (count === 2) throw new CalicoctlError('input', 'cannot read a.yaml');
      },
    );
    await at.runs(1);
    write(at.folder, 'a.yaml');
    await at.runs(2);
    expect(at.said()).toEndWith('cannot read a.yaml\n');
    rmSync(join(at.folder, 'a.yaml'));
    await at.runs(3);
    const first = watching(
      () => ['a.yaml'],
      () => {
        throw new CalicoctlError('usage', 'no');
      },
    );
    expect(await first.end()).toMatchObject({ errorClass: 'usage' });
  });

  test('ends where it is stopped', async () => {
    const at = watching(() => ['.']);
    await at.runs(1);
    expect(await at.end()).toMatchObject({ errorClass: 'cancelled' });
  });

  test('standard input cannot be watched', () => {
    for (const files of [[], ['-'], ['a.yaml', '-']]) expect(() => checkWatchable(files)).toThrow('--watch');
    checkWatchable(['a.yaml']);
  });
});

describe('its parts', () => {
  test('folders that cannot be watched ask for looks', () => {
    const folders = new FolderWatch(() => {});
    folders.follow(new Map([[tmpdir(), '1']]));
    expect(folders.isComplete).toBe(true);
    folders.follow(new Map([[join(tmpdir(), 'calicoctl-not-there'), 'absent']]));
    expect(folders.isComplete).toBe(false);
    folders.follow(new Map());
    expect(folders.isComplete).toBe(true);
    folders.close();
  });

  test('without any event a look finds what changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calicoctl-watch-'));
    const io = { ...{ out() {}, err() {}, stdin: async function* () {}, env: {}, cwd: folder } };
    const look = () =>
      snapshotOf({
        ...{ files: ['.', 'gone.yaml'], recursive: true },
        io: { ...io, terminal: { out: false, err: false, in: false }, signal: new AbortController().signal },
      });
    write(folder, 'a.yaml', 'one');
    const first = await look();
    expect(isSame(first, await look())).toBe(true);
    write(folder, 'a.yaml', 'two');
    const second = await look();
    expect(isSame(first, second)).toBe(false);
    write(folder, 'b.yaml');
    expect(isSame(second, await look())).toBe(false);
    rmSync(folder, { recursive: true });
    expect((await look()).files.size).toBe(0);
  });

  test('an alarm that rang while nobody waited is heard, and only once', async () => {
    const stop = new AbortController();
    const alarm = new Alarm(stop.signal);
    alarm.ring();
    expect(await alarm.within(1000)).toBe(true);
    expect(await alarm.within(1)).toBe(false);
    setTimeout(() => alarm.ring(), 5);
    expect(await alarm.within(1000)).toBe(true);
    const restless = setInterval(() => alarm.ring(), 2);
    const begun = performance.now();
    await alarm.quiet(50, 100);
    clearInterval(restless);
    expect(performance.now() - begun).toBeWithin(90, 1000);
    setTimeout(() => stop.abort(), 5);
    expect(alarm.within(1000)).rejects.toMatchObject({ errorClass: 'cancelled' });
  });
});
