// Server processes: started with their output in a log file, and waited for until they answer.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';

/** A TCP port on 127.0.0.1 that nobody listens on. */
export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/**
 * Starts a program with its output appended to `<folder>/log` and waits until `answers()` resolves to true. Returns
 * the child process; throws, with the log named, where it ends or `timeout` (in milliseconds) passes first. `how` is
 * `{ detached, spawned }`: may it outlive us, and what to do with the child process before it answers.
 */
export async function launch({ binary, args, env, folder, answers, timeout }, how = {}) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'log');
  const log = openSync(file, 'a');
  const child = spawn(binary, args, { detached: how.detached ?? false, env, stdio: ['ignore', log, log] });
  closeSync(log);
  if (child.pid !== undefined) how.spawned?.(child);
  const name = basename(binary);
  const failed = new Promise((_, fail) => {
    child.once('error', fail);
    child.once('exit', (status, signal) =>
      fail(new Error(`${name} ended with ${status ?? signal}; see ${file}`)),
    );
  });
  failed.catch(() => {});
  try {
    await Promise.race([answered(answers, timeout, `${name} does not answer; see ${file}`), failed]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return child;
}

/** Asks until the answer is true; throws `message` after `timeout` milliseconds. */
export async function answered(ask, timeout, message) {
  const end = Date.now() + timeout;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(message);
    await new Promise((done) => setTimeout(done, 25));
  }
}
