/** Where the archive comes to lie. */
import { access, constants, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';

const HINT = 'Change to a folder that may be written and has room.';

/** Throws `input` where no file can be made in a folder: better before everything is collected than after. */
export async function demandWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK | constants.X_OK).catch((error: Error) => {
    throw new CalicoctlError('input', `the archive cannot be put into ${folder}: ${error.message}`, {
      hint: HINT,
    });
  });
}

/** Packs into a file of that name, or with a number behind it where another run has taken the name; returns the name. */
export async function packedAs(
  folder: string,
  root: string,
  pack: (path: string) => Promise<void>,
): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${root}${number === 1 ? '' : `-${number}`}.tar.gz`;
    const path = join(folder, name);
    try {
      await (await open(path, 'wx', 0o600)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new CalicoctlError('input', `cannot write ${path}: ${(error as Error).message}`, { hint: HINT });
    }
    try {
      await pack(path);
      return name;
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}
