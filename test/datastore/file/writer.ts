import { isError } from '../../../src/core/errors.ts';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import IPPool from '../../../src/resources/kinds/ippool.ts';

/**
 * A process of its own, for tests that race or kill it: `writer.ts churn DIRECTORY` creates, updates and deletes a few
 * resources for ever; `writer.ts count DIRECTORY N` adds N to a label.
 */

const [, , task, directory = '', times = '0'] = process.argv;
const store = await openFileDatastore({ directory });

/** A pool that says the same number four times, far from each other, so that a torn file gives itself away. */
function marked(name: string, mark: string, resourceVersion?: string): Resource {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: {
      name,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      labels: { mark },
      annotations: { filler: `${mark} `.repeat(200), mark },
    },
    spec: { cidr: '10.0.0.0/16', nodeSelector: `mark == "${mark}"` },
  };
}

/** Whether it came about; false where another process was faster. */
async function succeeds(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (isError(error, 'conflict', 'not-found', 'already-exists')) return false;
    throw error;
  }
}

async function churn(): Promise<void> {
  for (let step = 0; ; step++) {
    const ref = { kind: IPPool, name: `p${Math.floor(Math.random() * 4)}` };
    const mark = `${process.pid}-${step}`;
    const current = await store.get(ref).catch(() => undefined);
    const version = current?.metadata.resourceVersion;
    if (version === undefined) await succeeds(store.create(ref, marked(ref.name, mark)));
    else if (step % 7 === 6) await succeeds(store.delete(ref, version));
    else await succeeds(store.update(ref, marked(ref.name, mark, version)));
    if (step === 0) process.stdout.write('ready\n');
  }
}

async function count(): Promise<void> {
  const ref = { kind: IPPool, name: 'counter' };
  for (let done = 0; done < Number(times); ) {
    const read = await store.get(ref);
    const next = String(Number(read.metadata.labels?.['count'] ?? 0) + 1);
    const metadata = { ...read.metadata, labels: { count: next } };
    if (await succeeds(store.update(ref, { ...read, metadata }))) done++;
  }
}

await (task === 'churn' ? churn() : count());
await store.close();
