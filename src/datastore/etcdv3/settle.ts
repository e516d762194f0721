import type { Version } from '../datastore.ts';
import type { EtcdClient } from './wire/client.ts';
import { isUnknownOutcome } from './wire/errors.ts';

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
    if (!isUnknownOutcome(error)) throw error;
    const { kv } = await client.get(key);
    if (kv !== undefined && new TextDecoder().decode(kv.value) === value) return String(kv.modRevision);
    return write();
  }
}
