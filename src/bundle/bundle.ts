import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { CalicoctlError } from '../core/errors.ts';
import { folderEntries, writeArchive } from './archive.ts';
import { type RecorderOptions, runSteps, type Step } from './recorder.ts';
import type { StepResult } from './step.ts';
import { summaryText } from './summary.ts';

/** Diagnostics that are being collected: a folder for them, what became of each step, one archive at the end. */
export interface Bundle {
  /** The temporary folder, in which the folder named by `root` holds the files. */
  readonly folder: string;
  /** Of all steps so far. */
  readonly results: readonly StepResult[];
  run(steps: readonly Step[], options?: Omit<RecorderOptions, 'folder'>): Promise<readonly StepResult[]>;
  /** Adds the summary and writes one tar.gz, mode 0600. Throws CalicoctlError `input` where it cannot be written. */
  save(file: string, about: About, links?: readonly Link[]): Promise<void>;
  /** Removes the files that were collected, and leaves the temporary folder, where the archive may lie. */
  clear(): Promise<void>;
  /** Removes the temporary folder. */
  remove(): Promise<void>;
  /** Leaves the temporary folder as it is, also when the program ends. */
  keep(): void;
}

/** Another name of a file that a step wrote; both are relative to the folder named by `root`. */
export interface Link {
  readonly name: string;
  readonly file: string;
}

/** What the summary says at its head. */
export interface About {
  readonly title: string;
  /** E.g. versions, node, time. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface BundleOptions {
  /** The folder for temporary files, e.g. $TMPDIR. */
  readonly parent: string;
  /** How the name of the temporary folder begins. */
  readonly prefix: string;
  /** The one folder that the archive holds. */
  readonly root: string;
}

/** Makes the temporary folder, which only its owner may enter. Throws CalicoctlError `input` where that fails. */
export async function openBundle({ parent, prefix, root }: BundleOptions): Promise<Bundle> {
  // Not asynchronous: the program may end at any wait, and has to know of the folder from its first moment.
  const folder = temporaryFolder(parent, prefix);
  const inside = join(folder, root);
  // Where nobody reads what is printed any more (`| head`), the program ends without coming back here.
  const drop = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', drop);
  await mkdir(inside, { mode: 0o700 });
  const results: StepResult[] = [];
  return {
    folder,
    results,
    async run(steps, options = {}) {
      const ended = await runSteps(steps, { ...options, folder: inside });
      results.push(...ended);
      return ended;
    },
    async save(file, about, links = []) {
      const json = `${JSON.stringify({ ...about, steps: results }, undefined, 2)}\n`;
      try {
        await writeFile(join(inside, 'summary.json'), json, { mode: 0o600 });
        await writeFile(join(inside, 'summary.txt'), summaryText(about, results), { mode: 0o600 });
      } catch (error) {
        throw new CalicoctlError('input', `cannot write into ${folder}: ${(error as Error).message}`, {
          resource: folder,
          hint: 'Set TMPDIR to a folder that may be written and has room.',
        });
      }
      try {
        const written = new Set(results.flatMap(({ files }) => files));
        const entries = links
          .filter((link) => written.has(link.file))
          .map((link) => ({ name: `${root}/${link.name}`, content: { link: between(link) } }));
        await writeArchive([...(await folderEntries(inside, root)), ...entries], { file });
      } catch (error) {
        throw new CalicoctlError('input', `cannot write ${file}: ${(error as Error).message}`, {
          hint: 'Name a place that may be written and has room.',
        });
      }
    },
    async clear() {
      process.off('exit', drop);
      await rm(inside, { recursive: true, force: true });
    },
    async remove() {
      await rm(folder, { recursive: true, force: true });
      process.off('exit', drop);
    },
    keep: () => void process.off('exit', drop),
  };
}

function temporaryFolder(parent: string, prefix: string): string {
  try {
    return mkdtempSync(join(parent, prefix));
  } catch (error) {
    throw new CalicoctlError(
      'input',
      `cannot make a temporary folder in ${parent}: ${(error as Error).message}`,
      { hint: 'Set TMPDIR to a folder that may be written and has room.' },
    );
  }
}

/** From the folder of a link to its file. */
function between({ name, file }: Link): string {
  return posix.relative(posix.dirname(name), file);
}
