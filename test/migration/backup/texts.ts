import type { Datastore } from '../../../src/datastore/datastore.ts';
import { type Backup, backup } from '../../../src/migration/backup/backup.ts';
import type { Choices } from '../../../src/migration/backup/plan.ts';
import { type BackupFile, recordsOf, scopeOf } from '../../../src/migration/backup/read.ts';
import { planRestore, type Restoration, restore } from '../../../src/migration/backup/restore.ts';

/** Backups as texts. */

export interface Taken extends Backup {
  readonly text: string;
  /** How often everything was read for it. */
  readonly attempts: number;
}

export async function taken(store: Datastore): Promise<Taken> {
  let text = '';
  let attempts = 0;
  const made = await backup(
    store,
    async (chunks) => {
      attempts++;
      text = '';
      for await (const chunk of chunks) text += chunk;
    },
    { progress: () => {} },
  );
  return { ...made, text, attempts };
}

/** A backup whose bytes come in pieces of so many. */
export function fileOf(content: string | Uint8Array, piece = 1 << 16): BackupFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name: 'a.jsonl',
    async *bytes() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
  };
}

export async function restored(
  store: Datastore,
  text: string,
  choices: Partial<Choices> = {},
): Promise<Restoration> {
  const { kinds } = await scopeOf(fileOf(text));
  const options = { overwrite: false, prune: false, kinds, ...choices };
  const records = () => recordsOf(fileOf(text));
  const plan = await planRestore(store, records, options);
  return restore(store, records, plan, { ...options, progress: () => {} });
}

/** The lines of objects. */
export function objectLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^\{"(apiVersion|base64|key)"/.test(line));
}
