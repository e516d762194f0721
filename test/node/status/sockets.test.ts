import { afterEach, beforeEach, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from '../../../src/host/machine.ts';
import { controlSockets } from '../../../src/node/status/sockets.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'csockets-'));
  chmodSync(root, 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What another user than root is told of: of processes of others it sees the arguments, and not their file system. */
function socketsFor(birds: Readonly<Record<number, string>>): readonly { path: string; pid?: number }[] {
  const closed = Object.keys(birds).map((pid) => join(root, 'proc', pid, 'root'));
  for (const folder of closed) mkdirSync(folder, { recursive: true, mode: 0 });
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid!(65534);
  try {
    const processes = Object.entries(birds).map(([pid, path]) => ({
      pid: Number(pid),
      argv: ['bird', '-s', path],
    }));
    return controlSockets(machine({ env: {}, root }), processes).map((socket) => ({
      ...socket,
      path: socket.path.replace(root, ''),
    }));
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}

function put(path: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), '');
}

test('without root, a socket that lies on this machine is told once, and by its own name', () => {
  put('/var/run/calico/bird.ctl');
  put('/var/run/calico/bird6.ctl');
  expect(socketsFor({ 7: '/var/run/calico/bird.ctl', 8: '/var/run/calico/bird6.ctl' })).toEqual([
    { path: '/var/run/calico/bird.ctl', pid: 7 },
    { path: '/var/run/calico/bird6.ctl', pid: 8 },
  ]);
});

test('without root, one that lies in a container only is told of all the same', () => {
  expect(socketsFor({ 7: '/srv/bird.ctl' })).toEqual([{ path: '/proc/7/root/srv/bird.ctl', pid: 7 }]);
});
