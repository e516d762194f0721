import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../commands/run.ts';

/** A bundle that a run has made, unpacked. */
export interface Unpacked {
  /** Names below the one folder of the archive. */
  readonly names: readonly string[];
  text(name: string): string;
  readonly archive: string;
}

/** Unpacks what a run in that folder says it has made. */
export function unpacked(folder: string, { out }: Run): Unpacked {
  const [, archive] = /^Diagnostic bundle created at \.\/(\S+)$/m.exec(out)!;
  const whole = join(folder, archive!);
  // Whichever number its name got, its folder has none.
  const root = whole.replace(/(-\d+)?\.tar\.gz$/, '');
  rmSync(root, { recursive: true, force: true });
  execFileSync('/bin/tar', ['xzf', whole, '-C', folder], { env: { PATH: '/bin:/usr/bin' } });
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !lstatSync(join(root, name)).isDirectory(),
  );
  return { names: names.sort(), text: (name) => readFileSync(join(root, name), 'utf8'), archive: whole };
}

export interface Summary {
  readonly steps: readonly { readonly step: string; readonly outcome: string; readonly reason?: string }[];
}

export function summaryOf(bundle: Unpacked): Summary {
  return JSON.parse(bundle.text('summary.json')) as Summary;
}
