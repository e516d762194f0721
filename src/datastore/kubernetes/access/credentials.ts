import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { reasonOf } from '../../../config/system.ts';
import { CalicoctlError } from '../../../core/errors.ts';
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

/** The header for a token, blanks around it taken away. What HTTP cannot carry is refused here: no server knows it. */
export function bearer(token: Given): string {
  const value = token.value.trim();
  if (/^[\x20-\x7e]+$/.test(value)) return `Bearer ${value}`;
  throw fault(token, value === '' ? 'holds no token: it is empty' : 'holds characters that no token has');
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
  options: { readonly fallback: Given | undefined; readonly now: () => number },
): Proof {
  let header = options.fallback && bearer(options.fallback);
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async credentials() {
      if (options.now() - readAt >= TOKEN_FILE_MS) {
        header = await readHeader(file, header);
        readAt = options.now();
      }
      return { ...certificate, authorization: header! };
    },
    refresh(used) {
      const now = readNow(file);
      if (now === undefined || now === used.authorization) return false;
      readAt = Number.NEGATIVE_INFINITY;
      return true;
    },
  };
}

async function readHeader(file: Given, before: string | undefined): Promise<string> {
  try {
    return bearer({ ...file, value: await readFile(file.value, 'utf8') });
  } catch (error) {
    if (before !== undefined) return before;
    throw error instanceof CalicoctlError ? error : fault(file, `cannot be read: ${reasonOf(error)}`);
  }
}

function readNow(file: Given): string | undefined {
  try {
    return bearer({ ...file, value: readFileSync(file.value, 'utf8') });
  } catch {
    return undefined;
  }
}
