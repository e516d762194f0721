import { expect, test } from 'bun:test';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { removeLeftovers, startMachine } from './network-namespace.ts';

const namespaces = () => execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });

test('what a killed run left behind is removed, what runs is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cbird-'));
  const module = resolve(import.meta.dirname, 'network-namespace.ts');
  const program = `
    const { startMachine } = await import(${JSON.stringify(module)});
    const machine = await startMachine(${JSON.stringify(folder)}, 'left');
    machine.start('sleep', ['infinity']);
    console.log(machine.name);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const name = String(line).trim();
  const own = await startMachine(folder, 'own');
  try {
    removeLeftovers();
    expect(namespaces()).toContain(name);
    child.kill('SIGKILL');
    await once(child, 'exit');
    removeLeftovers();
    expect(namespaces()).not.toContain(name);
    expect(namespaces()).toContain(own.name);
    expect(own.pids()).toHaveLength(1);
  } finally {
    own.stop();
    rmSync(folder, { recursive: true });
  }
  expect(namespaces()).not.toContain(own.name);
});
