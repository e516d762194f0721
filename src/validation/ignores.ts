import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CalicoctlError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { Severity } from '../core/result.ts';
import { didYouMean } from '../core/suggest.ts';
import { LINT_FILE } from '../input/sources.ts';
import { IGNORABLE } from './ids.ts';
import type { LintFile } from './lintfile.ts';
import { idsIn, ignorableBy, isNamed, type Suppression } from './suppression.ts';

export { LINT_FILE } from '../input/sources.ts';

/** What users say about warnings that they do not want: on the command line, in resources, in files beside them. */

/** `ignored` are the values of `--ignore`. Throws CalicoctlError of class `usage`. */
export async function suppressionOf(ignored: readonly string[], io: Io): Promise<Suppression> {
  const ids = ignored.flatMap(idsIn);
  for (const id of ids) if (ignorableBy(id).length === 0) throw await notIgnorable(id);
  const rules = new Set(ids.flatMap(ignorableBy));
  const files = new LintFiles(io);
  return {
    enter: (file) => files.enter(file),
    hides: ({ severity, rule, place }, annotation) =>
      severity === 'warning' &&
      (rules.has(rule) ||
        isNamed(rule, annotation) ||
        files.of(place?.file)?.ignores(rule, pathOf(place?.file, io)) === true),
    get failOn() {
      return files.failOn;
    },
  };
}

function pathOf(file: string | undefined, { cwd }: Io): string {
  return resolve(cwd, file ?? '-');
}

/** Why an id cannot be ignored: it is that of an error, or of nothing. */
async function notIgnorable(id: string): Promise<CalicoctlError> {
  const { allRules } = await import('./rulebook/index.ts');
  const all = (await allRules()).map((rule) => rule.id);
  const isError = /^CAL\d{1,4}$/.test(id) && all.some((known) => known.startsWith(id));
  const why = isError ? 'is a rule whose breach is an error: only warnings can be ignored' : 'is no rule';
  const hint = isError ? '' : didYouMean(id, [...IGNORABLE, 'all']);
  return new CalicoctlError('usage', `cannot ignore ${id}: it ${why}${hint}`, {
    hint: `Warnings are ${IGNORABLE.join(', ')}; the beginning of an id means all that begin so.`,
  });
}

/** The lint files that concern the files of the input: of each folder the nearest one upwards. */
class LintFiles {
  readonly #io: Io;
  /** By folder of the input; each lint file is read once. */
  readonly #byFolder = new Map<string, LintFile | undefined>();
  readonly #read = new Map<string, Promise<LintFile>>();

  constructor(io: Io) {
    this.#io = io;
  }

  async enter(file: string): Promise<void> {
    const folder = this.#folderOf(file);
    if (this.#byFolder.has(folder)) return;
    const path = nearest(folder);
    this.#byFolder.set(folder, path === undefined ? undefined : await this.#load(path));
  }

  of(file: string | undefined): LintFile | undefined {
    return this.#byFolder.get(this.#folderOf(file ?? '-'));
  }

  /** The stricter one where two files differ. */
  get failOn(): Severity | undefined {
    const said = [...this.#byFolder.values()].map((file) => file?.failOn);
    return said.includes('warning') ? 'warning' : said.find((severity) => severity !== undefined);
  }

  #folderOf(file: string): string {
    return file === '-' ? this.#io.cwd : dirname(resolve(this.#io.cwd, file));
  }

  async #load(path: string): Promise<LintFile> {
    let reading = this.#read.get(path);
    if (reading === undefined) {
      const { readLintFile } = await import('./lintfile.ts');
      reading = readLintFile(path, this.#io);
      this.#read.set(path, reading);
    }
    return reading;
  }
}

/** Looks no further than the folder of a repository. */
function nearest(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, LINT_FILE);
    if (existsSync(path)) return path;
    if (at === dirname(at) || existsSync(join(at, '.git'))) return undefined;
  }
}
