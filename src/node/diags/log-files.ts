import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import type { Host } from '../../host/host.ts';

/** What is at the place where logs should be. */
export function logFolder(host: Host, folder: string): 'folder' | 'file' | 'missing' {
  if (folder === '') return 'missing';
  try {
    return statSync(host.path(folder)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'missing';
  }
}

const MOST_FILES = 5_000;

/** A step for each file below the folder. What cannot be looked into becomes a step that says so. */
export async function logSteps(host: Host, folder: string): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(host.path(join(folder, below)), { withFileTypes: true }).catch(
      (error: Error) => error,
    );
    if (entries instanceof Error) {
      steps.push(failing(join(folder, below), entries.message));
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(name);
      else if (steps.length < MOST_FILES) steps.push(fileStep(host, folder, name, entry.isFile()));
    }
  };
  await walk('');
  return steps;
}

function failing(path: string, why: string): Step {
  return {
    name: `log files in ${path}`,
    async work() {
      throw new Error(why);
    },
  };
}

function fileStep(host: Host, folder: string, name: string, plain: boolean): Step {
  return {
    name: `log file ${name}`,
    timeoutMs: 120_000,
    async work(collect) {
      // A link can lead to anything, and a pipe never ends.
      if (!plain) throw new Skipped('it is no plain file');
      const file = createReadStream(host.path(join(folder, name)));
      // Secrets cannot be seen in what is compressed.
      if (!name.endsWith('.gz')) return collect.stream(`logs/${name}`, file);
      const text = file.pipe(createGunzip());
      file.on('error', (error) => text.destroy(error));
      return collect.stream(`logs/${name.slice(0, -3)}`, text);
    },
  };
}
