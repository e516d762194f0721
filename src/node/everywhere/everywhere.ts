import { CalicoctlError } from '../../core/errors.ts';
import type { Cluster } from '../../datastore/cluster.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { execEverywhere } from './exec.ts';
import { type BgpNode, type Fabric, fabricOfNames, readFabric } from './fabric.ts';
import { compareNames, type NodeReport } from './report.ts';
import { statusEverywhere } from './statuses.ts';

/** Dear things, opened when they are needed. */
export interface Sources {
  /** For reading. */
  readonly store: () => Promise<Datastore>;
  /** For making and removing CalicoNodeStatus; Ctrl-C does not end what is under way in it. */
  readonly writer: () => Promise<Datastore>;
  /** The Kubernetes whose pods may be asked; undefined where none is known to be the right one. */
  readonly cluster: (() => Promise<Cluster>) | undefined;
}

export type Way = 'exec' | 'status';

export interface EverywhereOptions {
  /** The one way to go; else pods are asked where there is a Kubernetes, and CalicoNodeStatus tells of the others. */
  readonly via: Way | undefined;
  /** How long nodes have to answer a CalicoNodeStatus, in milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Whether CalicoNodeStatus may be made for the question. */
  readonly consent: (question: string) => Promise<boolean>;
  readonly warn: (text: string) => void;
  /** Told how many nodes have answered. */
  readonly progress?: (done: number) => void;
}

export interface Everywhere {
  readonly fabric: Fabric;
  /** One for every node, by name. */
  readonly reports: readonly NodeReport[];
}

/** Asks every node of the cluster for its BGP sessions. A node that cannot be asked hides no other. */
export async function askEverywhere(sources: Sources, options: EverywhereOptions): Promise<Everywhere> {
  const fabric = await fabricIfThere(sources, options);
  const reports = new Map<string, NodeReport>();
  const { cluster } = sources;
  if (options.via === 'exec' && cluster === undefined)
    throw new CalicoctlError('configuration', 'no Kubernetes is known whose pods could be asked', {
      hint: 'Name its kubeconfig with --kubeconfig, or use --via status.',
    });
  if (options.via !== 'status' && cluster !== undefined)
    for (const report of await execIfAllowed(cluster, fabric?.nodes ?? [], options))
      reports.set(report.node, report);
  if (fabric === undefined) return { fabric: fabricOfNames([...reports.keys()]), reports: sorted(reports) };
  if (options.via !== 'exec') await fillIn(sources, fabric, reports, options);
  return { fabric, reports: sorted(reports) };
}

function sorted(reports: ReadonlyMap<string, NodeReport>): readonly NodeReport[] {
  return [...reports.values()].sort((first, second) => compareNames(first.node, second.node));
}

/** Pods can be asked where the datastore cannot be: undefined then. */
async function fabricIfThere(
  { store }: Sources,
  { via, warn }: EverywhereOptions,
): Promise<Fabric | undefined> {
  try {
    return await readFabric(await store());
  } catch (error) {
    if (via !== 'exec' || !isTellable(error)) throw error;
    warn(
      `The datastore cannot be read, so that only nodes with a calico-node pod are shown: ${error.message}`,
    );
    return undefined;
  }
}

/** Another way may do where this one failed, unless the user has had enough. */
function isTellable(error: unknown): error is CalicoctlError {
  return error instanceof CalicoctlError && error.errorClass !== 'cancelled';
}

async function execIfAllowed(
  cluster: () => Promise<Cluster>,
  nodes: readonly BgpNode[],
  options: EverywhereOptions,
): Promise<readonly NodeReport[]> {
  try {
    return await execEverywhere(await cluster(), nodes, options);
  } catch (error) {
    if (options.via === 'exec' || !isTellable(error)) throw error;
    options.warn(`The pods of the nodes could not be asked: ${error.message}`);
    return [];
  }
}

/** CalicoNodeStatus tells of the nodes that have not answered otherwise. */
async function fillIn(
  sources: Sources,
  fabric: Fabric,
  reports: Map<string, NodeReport>,
  options: EverywhereOptions,
): Promise<void> {
  const silent = fabric.nodes.filter(({ name }) => {
    const report = reports.get(name);
    return report === undefined || (report.failure !== undefined && report.source === undefined);
  });
  if (silent.length === 0) return;
  for (const report of await statusEverywhere(sources, fabric, silent, options)) {
    const before = reports.get(report.node)?.failure;
    reports.set(report.node, before === undefined ? report : withReason(report, before));
  }
}

function withReason(report: NodeReport, before: string): NodeReport {
  if (report.failure === undefined) return { ...report, notes: [...report.notes, before] };
  return { ...report, failure: `${before}; ${report.failure}` };
}
