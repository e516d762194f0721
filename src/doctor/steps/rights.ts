import { listed } from '../../cluster/health/cause.ts';
import { type CalicoctlError, isError } from '../../core/errors.ts';
import type { Access, Cluster } from '../../datastore/cluster.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { refusedAmong } from '../../operations/reviews.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Finding, ok, type Todo, wrong } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';
import { FAMILIES } from './families.ts';

/** Whether commands may do what they need, family by family. */
export async function rights(around: Surroundings): Promise<Finding> {
  const { type } = await around.settings();
  if (type === 'kubernetes') return kubernetesRights(await around.cluster(), await groupOf(around));
  if (type === 'etcdv3') return etcdRights(await around.store());
  return ok('those of the folder');
}

/** Calico's API group of the cluster; the usual one where that cannot be seen. */
async function groupOf({ facts }: Surroundings): Promise<string> {
  const { definitions } = await facts();
  return (definitions.known ? definitions.value?.group : undefined) ?? 'crd.projectcalico.org';
}

async function kubernetesRights(cluster: Cluster, group: string): Promise<Finding> {
  const wanted = FAMILIES.flatMap((family) => family.accesses(group).map((access) => ({ family, access })));
  const refused = await refusedAmong(
    (access) => cluster.allowed(access),
    wanted.map(({ access }) => access),
  );
  if (refused.size === 0) return ok('all that any command needs');
  const lines = FAMILIES.flatMap((family) => {
    const missing = wanted
      .filter((each) => each.family === family && refused.has(each.access))
      .map(({ access }) => access);
    return missing.length === 0
      ? []
      : [{ family, missing, line: `${family.commands}: may not ${wordsOf(missing)}` }];
  });
  const todo = lines.flatMap(({ family, missing, line }): readonly Todo[] =>
    family.urgency === undefined
      ? []
      : [
          {
            ...{ urgency: family.urgency, problem: line },
            what: 'Ask for these rights (a ClusterRole), or use an account that has them.',
            command: commandOf(missing[0]!),
          },
        ],
  );
  const isBad = todo.some(({ urgency }) => urgency !== 'warning');
  const outcome = isBad ? 'error' : todo.length > 0 ? 'warning' : 'ok';
  const few = `${FAMILIES.length - lines.length} of ${FAMILIES.length} families of commands have all they need`;
  return { outcome, message: few, details: lines.map(({ line }) => line), todo };
}

/** `get/list ippools and tiers; list nodes`. */
function wordsOf(missing: readonly Access[]): string {
  const verbs = new Map<string, string[]>();
  for (const [resource, accesses] of Map.groupBy(missing, (access) => access.resource)) {
    const words = accesses
      .map(({ verb }) => verb)
      .sort()
      .join('/');
    verbs.set(words, [...(verbs.get(words) ?? []), resource]);
  }
  return [...verbs].map(([words, resources]) => `${words} ${listed(resources.sort())}`).join('; ');
}

function commandOf({ verb, resource, group }: Access): string {
  return `kubectl auth can-i ${verb} ${resource}${group === '' ? '' : `.${group}`} --all-namespaces`;
}

/** What is tried of etcd: one kind for each range of keys that roles are given for. */
const RANGES = [
  'ClusterInformation',
  'Node',
  'IPPool',
  'GlobalNetworkPolicy',
  'WorkloadEndpoint',
  'IPAMBlock',
];

/** etcd tells what a role may do only to who may see roles; so reads are tried, and writes are not. */
async function etcdRights(store: Datastore): Promise<Finding> {
  const refused: string[] = [];
  let why: CalicoctlError | undefined;
  for (const name of RANGES) {
    try {
      for await (const _ of store.list({ kind: await kindOf(name), asStored: true })) break;
    } catch (error) {
      if (!isError(error, 'unauthorized')) throw error;
      refused.push(name);
      why = error;
    }
  }
  const writes = 'writes were not tried: etcd tells of them only when one is made';
  if (why === undefined) return ok('may read everything', [writes]);
  const message = `may not read ${refused.join(', ')}: ${why.message}`;
  const what = why.details.hint ?? 'Grant the role the keys below /calico/.';
  return wrong('error', message, what, { command: 'etcdctl role get ROLE', details: [writes] });
}
