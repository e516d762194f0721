import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Probe } from './probe.ts';

/** The probe as a program, and what it finds on Node and on Bun. */
export interface Prober extends Disposable {
  probe(runTime: 'node' | 'bun', probes: Record<string, Probe>): Promise<Record<string, string>>;
}

export function buildProber(): Prober {
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-probe-'));
  const bundle = join(folder, 'probe.mjs');
  const source = join(import.meta.dirname, 'probe.ts');
  execFileSync(process.execPath, ['build', '--target=node', '--outfile', bundle, source], {
    stdio: 'ignore',
  });
  return {
    async probe(runTime, probes) {
      const child = spawn(runTime === 'bun' ? process.execPath : 'node', [bundle], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child.stdin.end(JSON.stringify(probes));
      let output = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk;
      const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
      if (status !== 0) throw new Error(`the probe ended with status ${status}`);
      return JSON.parse(output);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
