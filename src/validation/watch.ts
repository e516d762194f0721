import { CalicoctlError, formatError, isError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import { Alarm } from './watch/alarm.ts';
import { FolderWatch } from './watch/folders.ts';
import { isSame, type Snapshot, snapshotOf } from './watch/snapshot.ts';

export interface WatchOptions {
  /** Files and folders, as given. */
  readonly files: readonly string[];
  readonly recursive: boolean;
  readonly io: Io;
  /** So many milliseconds after the last event files are looked at: editors write in several steps (default 100). */
  readonly quiet?: number;
}

const QUIET_MS = 100;
/** Files that never rest are looked at all the same. */
const LONGEST_WAIT_MS = 1000;
/** Network file systems tell nothing of what other machines write, so files are looked at now and then, too. */
const LOOK_EVERY_MS = 2000;
/** The same where the system cannot tell of changes at all. */
const POLL_EVERY_MS = 500;

/** `--watch` needs files that can change; told before anything is read. */
export function checkWatchable(files: readonly string[]): void {
  if (files.length > 0 && !files.includes('-')) return;
  throw new CalicoctlError(
    'usage',
    '--watch waits for files to change: give their names with -f, not standard input',
  );
}

/**
 * Calls `run` at once and again whenever a file has changed, come or gone; never at the same time. Ends only by an error
 * of the first run, or by `io.signal`, as CalicoctlError of class `cancelled`.
 */
export async function watchFiles(options: WatchOptions, run: () => Promise<void>): Promise<never> {
  const { io } = options;
  const alarm = new Alarm(io.signal);
  const folders = new FolderWatch(() => alarm.ring());
  try {
    let seen = await snapshotOf(options);
    folders.follow(seen.folders);
    // Between the look at the files and the first watch something may have changed.
    alarm.ring();
    await run();
    io.err('Watching for changes; Ctrl-C ends.\n');
    for (;;) {
      seen = await nextSnapshot(seen, options, alarm, folders);
      io.err(`--- ${new Date().toTimeString().slice(0, 8)} ---\n`);
      await tolerantly(run, io);
    }
  } finally {
    folders.close();
  }
}

/** A file that is there again in a moment does not end the watch. */
async function tolerantly(run: () => Promise<void>, io: Io): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof CalicoctlError) || isError(error, 'cancelled')) throw error;
    io.err(`${formatError(error)}\n`);
  }
}

/** Waits until the files are not as they were. */
async function nextSnapshot(
  seen: Snapshot,
  options: WatchOptions,
  alarm: Alarm,
  folders: FolderWatch,
): Promise<Snapshot> {
  let slow = 0;
  for (;;) {
    const patience = Math.max(folders.isComplete ? LOOK_EVERY_MS : POLL_EVERY_MS, 10 * slow);
    if (await alarm.within(patience)) await alarm.quiet(options.quiet ?? QUIET_MS, LONGEST_WAIT_MS);
    const begun = performance.now();
    const now = await snapshotOf(options);
    slow = performance.now() - begun;
    folders.follow(now.folders);
    if (!isSame(seen, now)) return now;
  }
}
