/** Secrets that hold certificates: what the certificates say, and nothing else of what is in them. */
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { redactObject } from '../../bundle/redact.ts';
import { isError } from '../../core/errors.ts';
import type { Cluster, Collection } from '../../datastore/cluster.ts';
import { SECRET_NAMESPACES, TLS_SECRETS } from './catalogue.ts';
import { plainMetadata, type Watch } from './lists.ts';

const SECRETS: Collection = { group: '', version: 'v1', plural: 'secrets', namespaced: true };

export function secretSteps(cluster: Cluster, watch: Watch): Step[] {
  return TLS_SECRETS.flatMap(([home, names]) =>
    names.flatMap((name) =>
      SECRET_NAMESPACES(home).map((namespace) => secretStep(cluster, watch, namespace, name)),
    ),
  );
}

function secretStep(cluster: Cluster, watch: Watch, namespace: string, name: string): Step {
  const target = { collection: SECRETS, namespace, name, label: `Secret(${namespace}/${name})` };
  return {
    name: `secret ${namespace}/${name} (censoring sensitive data)`,
    async work({ stream }) {
      const { yamlText } = await import('./yaml.ts');
      const { metadata, ...rest } = await cluster.get(target).catch((error) => {
        throw isError(error, 'not-found') ? new Skipped('there is none') : error;
      });
      const secret = { ...rest, apiVersion: 'v1', kind: 'Secret', metadata: plainMetadata(metadata) };
      const file = `tls/${namespace}_${name}.yaml`;
      await stream(file, watch(file, text(yamlText(redactObject(secret)))));
    },
  };
}

async function* text(whole: string): AsyncGenerator<string, void, undefined> {
  yield whole;
}
