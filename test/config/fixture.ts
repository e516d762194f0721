import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Configuration,
  type ConfigurationInput,
  loadConfiguration,
} from '../../src/config/configuration.ts';
import { CalicoctlError, type ErrorClass, formatError } from '../../src/core/errors.ts';

export const HEADER = 'apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\n';

/** A folder of its own with the given files; gone once the callback is done. */
export async function withFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-config-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The configuration of an environment. */
export function fromEnv(
  env: Readonly<Record<string, string>>,
  input: Partial<ConfigurationInput> = {},
): Promise<Configuration> {
  return loadConfiguration({ env, cwd: '/nowhere', ...input });
}

/** The configuration of a file `a.cfg` with this text. */
export function fromText(text: string, input: Partial<ConfigurationInput> = {}): Promise<Configuration> {
  return withFolder({ 'a.cfg': text }, (cwd) =>
    loadConfiguration({ env: {}, cwd, configFile: 'a.cfg', ...input }),
  );
}

/** Class and text of the error that comes out. */
export async function failure(run: () => unknown): Promise<{ errorClass: ErrorClass; text: string }> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    return { errorClass: error.errorClass, text: formatError(error) };
  }
  throw new Error('no error came out');
}
