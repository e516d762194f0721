import type { Datastore } from '../../datastore/datastore.ts';
import type { Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { askNodes } from './answers.ts';
import type { EverywhereOptions, Sources } from './everywhere.ts';
import type { BgpNode, Fabric } from './fabric.ts';
import { leftoversIn, removeAll } from './own.ts';
import { type NodeReport, silence } from './report.ts';
import { bestOf, isFresh, reportOf } from './told.ts';

/** What CalicoNodeStatus resources tell of the nodes; those without a fresh one are asked by one of ours, if we may. */
export async function statusEverywhere(
  sources: Sources,
  fabric: Fabric,
  nodes: readonly BgpNode[],
  options: EverywhereOptions,
): Promise<readonly NodeReport[]> {
  const all = await allStatuses(await sources.store());
  const now = Date.now();
  const stored = new Map(nodes.map(({ name }) => [name, bestOf(all.get(name) ?? [])]));
  const wanting = nodes.filter((node) => {
    const best = stored.get(node.name);
    return speaksBgp(node) && (best === undefined || !isFresh(best, now));
  });
  const leftovers = leftoversIn([...all.values()].flat(), now);
  const mayWrite = await consent(wanting.length, nodes.length, leftovers.length, options);
  if (mayWrite && leftovers.length > 0) await removeLeftovers(await sources.writer(), leftovers, options);
  const answers =
    mayWrite && wanting.length > 0
      ? await askNodes(
          await sources.writer(),
          wanting.map(({ name }) => name),
          options,
        )
      : undefined;
  return nodes.map((node) => {
    const status = answers?.statuses.get(node.name) ?? stored.get(node.name);
    const failure = answers?.failures.get(node.name);
    if (status !== undefined) return withFailure(reportOf(status, node, fabric, Date.now()), failure);
    if (!speaksBgp(node)) return { node: node.name, birds: [], notes: ['its Node has no address for BGP'] };
    const why = failure ?? 'it has no CalicoNodeStatus that tells of BGP: --yes makes one for the question';
    return silence(node.name, why);
  });
}

function withFailure(report: NodeReport, failure: string | undefined): NodeReport {
  if (failure === undefined) return report;
  return { ...report, failure: report.failure === undefined ? failure : `${failure}; ${report.failure}` };
}

function speaksBgp({ addresses }: BgpNode): boolean {
  return Object.keys(addresses).length > 0;
}

/** By node. */
async function allStatuses(store: Datastore): Promise<ReadonlyMap<string, readonly Resource[]>> {
  const statuses = new Map<string, Resource[]>();
  for await (const { items } of store.list({ kind: await kindOf('CalicoNodeStatus') }))
    for (const status of items) {
      const node = String(status.spec['node'] ?? '');
      const known = statuses.get(node);
      if (known === undefined) statuses.set(node, [status]);
      else known.push(status);
    }
  return statuses;
}

/** Nobody is asked where there is nothing to write. */
async function consent(
  wanting: number,
  nodes: number,
  leftovers: number,
  options: EverywhereOptions,
): Promise<boolean> {
  const questions = [
    wanting === 0
      ? ''
      : `${wanting} of ${nodes} nodes have no fresh CalicoNodeStatus. Make one for each of them, wait up to ${options.waitMs / 1000}s for its answer, and remove it again?`,
    leftovers === 0 ? '' : `${leftovers} CalicoNodeStatus are left of runs that were killed. Remove them?`,
  ].filter((question) => question !== '');
  if (questions.length === 0) return false;
  const agreed = await options.consent(questions.join(' '));
  if (!agreed && leftovers > 0)
    options.warn(
      `${leftovers} CalicoNodeStatus are left of runs that were killed; with --yes they are removed.`,
    );
  return agreed;
}

async function removeLeftovers(
  store: Datastore,
  leftovers: readonly string[],
  { warn }: EverywhereOptions,
): Promise<void> {
  const left = await removeAll(store, await kindOf('CalicoNodeStatus'), leftovers);
  const removed = leftovers.length - left.length;
  if (removed > 0) warn(`Removed ${removed} CalicoNodeStatus that a killed run had left behind.`);
  if (left.length > 0)
    warn(`${left.length} CalicoNodeStatus of killed runs could not be removed, e.g. ${left[0]}.`);
}
