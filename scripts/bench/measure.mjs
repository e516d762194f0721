/** Time and memory of whole processes. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program to run: `{ program, args, env?, mayFail? }`. Its output goes nowhere, as with `> /dev/null`. */
export function timeOf({ program, args, env, mayFail = false }) {
  const start = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (error) throw error;
  if (status !== 0 && !mayFail)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}

/**
 * The highest resident memory of a run in bytes, NaN where there is no /proc. The kernel keeps the mark for as long as
 * the process lives (`getrusage` would count what the parent had at the fork), so it is read until the process ends.
 */
export async function memoryOf(command) {
  return (await measured(command, 1)).memory;
}

/** Time in milliseconds and memory of one run, for runs long enough not to be disturbed by a look every so often. */
export function measured({ program, args, env }, everyMs = 10) {
  return new Promise((done, fail) => {
    const start = process.hrtime.bigint();
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
    let highest = Number.NaN;
    const look = () => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        highest = Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? highest / 1024) * 1024;
      } catch {}
    };
    const timer = setInterval(look, everyMs);
    child.once('error', fail);
    child.once('exit', (status) => {
      clearInterval(timer);
      const took = Number(process.hrtime.bigint() - start) / 1e6;
      if (status === 0) done({ took, memory: highest });
      else fail(new Error(`${program} ${args.join(' ')} ended with ${status}`));
    });
  });
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Times of a run and of the yardstick, in turn, so that both see the same machine. One run of each is thrown away. */
export function paired(run, yardstick, times) {
  const ours = [];
  const theirs = [];
  for (let i = -1; i < times; i++) {
    const other = yardstick && timeOf(yardstick);
    const own = timeOf(run);
    if (i < 0) continue;
    ours.push(own);
    if (yardstick) theirs.push(other);
  }
  return { ours, theirs };
}
