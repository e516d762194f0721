import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { reasonOf } from '../../../config/system.ts';
import type { Access, Credentials } from './access.ts';
import { fault, type Given } from './given.ts';

/** The part of an Access that knows the secrets. */
export type Proof = Pick<Access, 'credentials' | 'refresh'>;

/** A kubelet rotates the token of a pod long before the old one ends, so this much delay does no harm. */
const TOKEN_FILE_MS = 10_000;

/** Credentials that stay as they are. */
export function fixedProof(credentials: Credentials): Proof {
  return { credentials: async () => credentials, refresh: () => false };
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/**
 * A token in a file that others replace. Where it cannot be read, the last one that could is used, and before any was,
 * `fallback`.
 */
export function tokenFileProof(
  file: Given,
  certificate: Pick<Credentials, 'certificate'>,
  options: { readonly fallback: string | undefined; readonly now: () => number },
): Proof {
  let token = options.fallback;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async credentials() {
      if (options.now() - readAt >= TOKEN_FILE_MS) {
        const read = await readToken(file, token !== undefined);
        token = read ?? token;
        readAt = options.now();
      }
      return { ...certificate, authorization: bearer(token!) };
    },
    refresh(used) {
      const now = readNow(file);
      if (now === undefined || bearer(now) === used.authorization) return false;
      readAt = Number.NEGATIVE_INFINITY;
      return true;
    },
  };
}

async function readToken(file: Given, mayFail: boolean): Promise<string | undefined> {
  try {
    const token = (await readFile(file.value, 'utf8')).trim();
    if (token !== '') return token;
  } catch (error) {
    if (!mayFail) throw fault(file, `cannot be read: ${reasonOf(error)}`);
  }
  if (!mayFail) throw fault(file, 'holds no token: the file is empty');
  return undefined;
}

function readNow(file: Given): string | undefined {
  try {
    return readFileSync(file.value, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
