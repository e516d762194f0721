import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { stemOf } from '../../../src/datastore/file/names.ts';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import type { Environment } from '../contract/contract.ts';

/** A file datastore in a folder of its own. */
export interface FileEnvironment extends Environment {
  readonly directory: string;
  /** Writes a file below the folder. */
  write(path: string, text: string): void;
}

export async function openFileEnvironment(): Promise<FileEnvironment> {
  const home = mkdtempSync(join(tmpdir(), 'calicoctl-file-'));
  const directory = join(home, 'store');
  const stores: Datastore[] = [];
  const open = async () => {
    const store = await openFileDatastore({ directory });
    stores.push(store);
    return store;
  };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  return {
    directory,
    write,
    store: await open(),
    reopen: open,
    async plantBroken(ref) {
      write(`${stemOf(ref)}.yaml`, 'kind: [\n');
    },
    async cleanup() {
      for (const store of stores) await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
