import { isError } from '../../core/errors.ts';
import type { Version } from '../datastore.ts';
import type { EtcdClient } from './wire/client.ts';

/**
 * Runs a conditional write and finds out what became of it when the connection broke before the answer came: such a
 * write may have been carried out. Its value carries a fresh uid or the version that was read, so the key's present
 * value tells: it is ours, or the write is made again (its condition still guards it).
 */
export async function settle(
  client: EtcdClient,
  key: string,
  value: string,
  write: () => Promise<Version>,
): Promise<Version> {
  try {
    return await write();
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    const { kv } = await client.get(key, {});
    if (kv !== undefined && new TextDecoder().decode(kv.value) === value) return kv.modRevision;
    return write();
  }
}

/** The marker that the wire client leaves on errors of writes that may or may not have been carried out. */
export function isOutcomeUnknown(error: unknown): boolean {
  return (
    isError(error, 'unavailable', 'timeout') &&
    (error as { outcomeUnknown?: boolean }).outcomeUnknown === true
  );
}
