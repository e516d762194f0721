/** Calico's resources and addresses, from the datastore. */
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { redactObject } from '../../bundle/redact.ts';
import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { checkText } from '../../ipam/check/text.ts';
import { KINDS } from '../../resources/index.ts';
import { kindOf } from '../../resources/registry.ts';
import { plainMetadata, type Watch } from './lists.ts';

/** Opens the datastore, once. */
export type OpenStore = () => Promise<Datastore>;

/** Whether addresses are recorded soundly, as `ipam check --show-problem-ips` tells. */
export function ipamStep(open: OpenStore, watch: Watch): Step {
  const file = 'cluster/ipam/check.txt';
  return {
    name: 'check of IP addresses',
    timeoutMs: 120_000,
    async work({ stream }) {
      const store = await open();
      const unseen: string[] = [];
      const text = async function* () {
        yield* checkText(store, { showAll: false, showProblems: true, unseen });
        for (const what of unseen) yield `not looked at: ${what}\n`;
      };
      await stream(file, watch(file, text()));
    },
  };
}

/** All kinds as YAML, for a datastore that is not the Kubernetes whose objects are collected anyway. */
export function calicoSteps(open: OpenStore, watch: Watch): Step[] {
  return KINDS.map(({ kind, plural }) => {
    const file = `cluster/calico/${plural}.yaml`;
    return {
      name: `${kind} resources of the datastore`,
      async work({ stream }) {
        const store = await open();
        await stream(file, watch(file, yamlOf(store, kind)));
      },
    };
  });
}

async function* yamlOf(store: Datastore, name: string): AsyncGenerator<string, void, undefined> {
  const { yamlText } = await import('./yaml.ts');
  const kind = await kindOf(name);
  yield `apiVersion: projectcalico.org/v3\nkind: ${name}List\nitems:\n`;
  let count = 0;
  try {
    for await (const { items, corrupt } of store.list({ kind })) {
      count += items.length;
      for (const { metadata, ...rest } of items)
        yield yamlText([redactObject({ ...rest, metadata: plainMetadata(metadata as never) })]);
      for (const { entry, reason } of corrupt) yield `# ${entry} cannot be read: ${reason}\n`;
    }
  } catch (error) {
    throw isError(error, 'not-supported') ? new Skipped(error.message) : error;
  }
  if (count === 0) yield '  []\n';
}
