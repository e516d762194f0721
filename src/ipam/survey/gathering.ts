import { CalicoctlError } from '../../core/errors.ts';
import type { CorruptEntry, Datastore, Page, Version } from '../../datastore/datastore.ts';
import type { Pool } from '../../operations/ipam/pools.ts';
import { kindOf } from '../../resources/registry.ts';
import { type BlockTable, blockTable } from './block-table.ts';
import { type EndpointTable, endpointTable } from './endpoints.ts';
import { type HandleTable, handleTable } from './handle-table.ts';
import type { SurveyOptions } from './read.ts';
import type {
  ClusterView,
  IpamSettings,
  Reservation,
  SurveyedAffinity,
  SurveyedNode,
  Use,
} from './survey.ts';
import { type UseLedger, useLedger } from './uses.ts';

/** What a survey has found so far. */
export interface Gathering {
  readonly store: Datastore;
  readonly options: SurveyOptions;
  readonly blocks: BlockTable;
  readonly handles: HandleTable;
  readonly endpoints: EndpointTable;
  readonly ledger: UseLedger;
  readonly nodes: Map<string, SurveyedNode>;
  /** Allocations by node. */
  readonly byNode: Map<string, number>;
  readonly corrupt: CorruptEntry[];
  /** Uses by nodes, services and Windows: few enough to be kept. */
  readonly kept: Use[];
  readonly counts: {
    allocations: number;
    tunnels: number;
    services: number | undefined;
    workloads: number;
    /** Objects read. */
    read: number;
  };
  servicesUnknown: boolean;
  /** Corrupt entries of nodes and endpoints. */
  readonly unreadUsers: CorruptEntry[];
  readonly times: { endpoints: number; handles: number };
  /** Version of the first list. */
  readAt?: Version;
  cluster?: ClusterView;
  rest?: {
    readonly settings: IpamSettings;
    readonly pools: readonly Pool[];
    readonly reservations: readonly Reservation[];
    readonly affinities: readonly SurveyedAffinity[];
  };
}

/** Nothing found yet. */
export function emptyGathering(store: Datastore, options: SurveyOptions): Gathering {
  const blocks = blockTable();
  return {
    store,
    options,
    blocks,
    handles: handleTable(),
    endpoints: endpointTable(),
    ledger: useLedger(blocks, options.keepOwners === true),
    nodes: new Map(),
    byNode: new Map(),
    corrupt: [],
    kept: [],
    counts: { allocations: 0, tunnels: 0, services: undefined, workloads: 0, read: 0 },
    servicesUnknown: false,
    unreadUsers: [],
    times: { endpoints: 0, handles: 0 },
  };
}

/** Pages of every object of a kind. What fails is told with what it was for. */
export async function* pagesOf(
  found: Gathering,
  kind: string,
  failure: string,
): AsyncGenerator<Page, void, undefined> {
  const { store, options, corrupt, counts } = found;
  try {
    for await (const page of store.list({ kind: await kindOf(kind), asStored: true })) {
      for (const entry of page.corrupt) corrupt.push(entry);
      found.readAt ??= page.version;
      counts.read += page.items.length;
      options.progress?.(counts.read);
      yield page;
    }
  } catch (error) {
    throw because(failure, error);
  }
}

/** The same with what it was for in front. */
export async function saying<T>(failure: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw because(failure, error);
  }
}

function because(failure: string, error: unknown): unknown {
  if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') return error;
  if (error.message.startsWith('failed to ')) return error;
  return new CalicoctlError(error.errorClass, `${failure}: ${error.message}`, error.details);
}
