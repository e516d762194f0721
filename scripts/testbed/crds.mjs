// The custom resource definitions of the test bed: the project's own manifests and the policy API Calico reads.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kubeRequest, put } from './kube-request.mjs';
import { answered } from './processes.mjs';

const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const COLLECTION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** All definitions for a mode: `v1` is crd.projectcalico.org/v1, `v3` the native projectcalico.org/v3. */
export async function definitions(mode) {
  // Not before packages are installed.
  const { loadAll } = await import('js-yaml');
  return filesOf(mode)
    .flatMap((file) => loadAll(readFileSync(file, 'utf8')))
    .filter(Boolean);
}

/** Changes when the definitions do. */
export function definitionsStamp(mode) {
  const hash = createHash('sha256');
  for (const file of filesOf(mode)) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(mode) {
  const file = { v1: 'crd.projectcalico.org-v1.yaml', v3: 'projectcalico.org-v3.yaml' }[mode];
  return [join(ROOT, 'manifests', file), join(ROOT, 'test/testbed/cluster-network-policy.yaml')];
}

/** Creates or replaces the definitions and returns when each of them is served. */
export async function installDefinitions(server, list) {
  for (let i = 0; i < list.length; i += 8)
    await Promise.all(list.slice(i, i + 8).map((definition) => put(server, COLLECTION, definition)));
  await definitionsServed(server, list);
}

/** Waits until a list of each kind is answered. */
export async function definitionsServed(server, list) {
  for (const { spec } of list) {
    const path = `/apis/${spec.group}/${spec.versions[0].name}/${spec.names.plural}?limit=1`;
    const served = async () => (await kubeRequest(server, 'GET', path)).status === 200;
    await answered(served, 20_000, `the API server does not serve ${path}`);
  }
}
