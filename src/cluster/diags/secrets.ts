/** Secrets that hold certificates: what the certificates say, and nothing else of what is in them. */
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { REDACTED, redactObject } from '../../bundle/redact.ts';
import { isError } from '../../core/errors.ts';
import { objectIn } from '../../core/json.ts';
import type { Cluster, Collection, KubeObject } from '../../datastore/cluster.ts';
import { SECRET_NAMESPACES, TLS_SECRETS } from './catalogue.ts';
import { plainMetadata, type Watch } from './lists.ts';

const SECRETS: Collection = { group: '', version: 'v1', plural: 'secrets', namespaced: true };

/** What is said of a secret when it is begun, and where there is none; the words are the reference's. */
export const secretTold = {
  began: ({ name }: Pick<Step, 'name'>) => `Collecting ${name} (censoring sensitive data) `,
  missing: (name: string) => `unable to get ${name}, skipping...`,
};

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
    name: `secret ${namespace}/${name}`,
    async work({ stream }) {
      const { yamlText } = await import('./yaml.ts');
      const secret = await cluster.get(target).catch((error) => {
        throw isError(error, 'not-found') ? new Skipped('there is none') : error;
      });
      const file = `tls/${namespace}_${name}.yaml`;
      await stream(file, watch(file, text(yamlText(censored(secret)))));
    },
  };
}

const CENSORED = '<censored>';

/** Without any of its data; what certificates among them say stands beside them. */
function censored({ metadata, type, data, stringData }: KubeObject): unknown {
  const shown = redactObject({ kind: 'Secret', data: { ...objectIn(stringData), ...objectIn(data) } });
  const entries = Object.entries(objectIn(shown, 'data'));
  const described = entries.filter(([, value]) => value !== REDACTED);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: redactObject(plainMetadata(metadata)),
    type,
    data: Object.fromEntries(entries.map(([key]) => [key, CENSORED])),
    ...(described.length > 0 && {
      certificates: described.map(([key, certificate]) => ({ in: key, certificate })),
    }),
  };
}

async function* text(whole: string): AsyncGenerator<string, void, undefined> {
  yield whole;
}
