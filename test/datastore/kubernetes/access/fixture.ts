import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { issue } from '../../../../scripts/testbed/certificates.mjs';
import { type ConfigurationInput, loadConfiguration } from '../../../../src/config/configuration.ts';
import type { Access } from '../../../../src/datastore/kubernetes/access/access.ts';
import { type AccessOptions, openAccess } from '../../../../src/datastore/kubernetes/access/open.ts';

/** A kubeconfig in the making. Paths and names are those of the tests below. */
export interface Draft {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly more?: object;
}

/** A kubeconfig of one context, `c`, of cluster `k` and user `u`. */
export function kubeconfig({ cluster = {}, user = {}, context = {}, more = {} }: Draft = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'k', cluster: { server: 'https://one.example:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...context } }],
    'current-context': 'c',
    ...more,
  });
}

export type Input = Partial<ConfigurationInput> & { readonly options?: AccessOptions };

export interface Place {
  readonly folder: string;
  write(name: string, text: string, mode?: number): string;
  open(env: Readonly<Record<string, string>>, input?: Input): Promise<Access>;
}

/** A folder with the given files, relative paths start from there, gone at the end. There is no pod and no home. */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-access-'));
  const write = (name: string, text: string, mode = 0o600) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  try {
    for (const [name, text] of Object.entries(files)) write(name, text);
    const open = async (env: Readonly<Record<string, string>>, { options, ...input }: Input = {}) => {
      const all = { DATASTORE_TYPE: 'kubernetes', ...env };
      const configuration = await loadConfiguration({ env: all, cwd: folder, home: '', ...input });
      return openAccess(configuration, { serviceAccount: join(folder, 'no-account'), ...options });
    };
    return await use({ folder, write, open });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The access that one kubeconfig with this draft gives. */
export function accessOf(draft: Draft, env: Readonly<Record<string, string>> = {}, input: Input = {}) {
  return inFolder({ k: kubeconfig(draft) }, ({ open }) => open({ KUBECONFIG: 'k', ...env }, input));
}

export function credentialsOf(access: Access) {
  return access.credentials(new AbortController().signal);
}

export const base64 = (text: string) => Buffer.from(text).toString('base64');

export const ca = issue({ commonName: 'an authority' });
export const otherCa = issue({ commonName: 'another authority' });
export const client = issue({ commonName: 'somebody', issuer: ca });
export const otherClient = issue({ commonName: 'somebody else', issuer: ca });

/** A key pair that an authority of nobody's has signed. */
export function issueFor(commonName: string) {
  return issue({ commonName, issuer: otherCa });
}
