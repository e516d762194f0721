import { CalicoctlError, isError } from '../core/errors.ts';
import { stringifyJson } from '../core/json.ts';
import type { Datastore, Page } from '../datastore/datastore.ts';
import { unlessNotFound } from '../operations/initialise.ts';
import { clusterInformation } from '../operations/lock.ts';
import { asShown } from '../operations/read.ts';
import { formatRef, type Kind, type Resource, refOf } from '../resources/kind.ts';
import { kindOf } from '../resources/registry.ts';
import { type AddressEntry, addressEntry, SECTIONS, type Section } from './addresses.ts';
import { kindsFor, type StoreName } from './kinds.ts';
import {
  kubernetesName,
  type Mapping,
  mapped,
  type NodeNames,
  namesOldNode,
  reasonToStay,
} from './mapping.ts';

/** A datastore as an export shows it. Nothing is read before it is asked for, and little of it is held at once. */

export interface ExportOptions {
  readonly to: StoreName;
  /** Rename nodes in peers and host endpoints too. */
  readonly everywhere: boolean;
  readonly warn: (text: string) => void;
}

export interface ExportedPage {
  readonly items: readonly Resource[];
  readonly version: string;
}

export interface ExportedList {
  readonly kind: Kind;
  readonly pages: AsyncIterable<ExportedPage>;
}

export interface ClusterExport {
  readonly lists: readonly ExportedList[];
  readonly clusterInformation: Resource;
  /** The third part: JSON text in pieces. */
  readonly addresses: AsyncIterable<string>;
}

/** What there is to export; ClusterInformation is read at once. On etcd all of it is of one moment. */
export async function exportOf(present: Datastore, options: ExportOptions): Promise<ClusterExport> {
  const store = await asOfNow(present);
  const information = await clusterInformation(store);
  if (information === undefined)
    throw new CalicoctlError('not-found', 'resource does not exist: ClusterInformation(default)', {
      resource: 'ClusterInformation(default)',
    });
  const kinds = await Promise.all(kindsFor(options.to).map(kindOf));
  const names = nodeNames(store, options);
  const mapping = async () => ({ to: options.to, nodes: await names(), everywhere: options.everywhere });
  return {
    lists: kinds.map((kind) => ({ kind, pages: exportedPages(store, kind, mapping, options) })),
    clusterInformation: information,
    addresses: addressText(store, names, options),
  };
}

/** Reads the datastore as it is now, whatever is written meanwhile, where it keeps history. */
async function asOfNow(store: Datastore): Promise<Datastore> {
  const at = await store.raw?.now();
  if (at === undefined) return store;
  return {
    ...store,
    get: (ref) => store.get(ref, at),
    list: (query) => store.list({ ...query, at }),
  };
}

/**
 * Read once, when it is first needed. A node without a name in Kubernetes fails the export where the reference does:
 * where nodes are listed, behind what was printed before.
 */
function nodeNames(store: Datastore, { to }: ExportOptions): () => Promise<NodeNames> {
  let names: Promise<NodeNames> | undefined;
  const read = async (): Promise<NodeNames> => {
    const found = new Map<string, string>();
    if (to !== 'kubernetes') return found;
    for await (const page of store.list({ kind: await kindOf('Node') })) {
      for (const node of page.items) {
        const name = kubernetesName(node);
        if (name !== node.metadata.name) found.set(node.metadata.name, name);
      }
    }
    return found;
  };
  return () => (names ??= read());
}

/** Kinds of which some resource names a node, so that the map of names has to be there. */
const NAMES_NODES: ReadonlySet<string> = new Set(['Node', 'BGPConfiguration', 'FelixConfiguration']);
const NO_NODES: NodeNames = new Map();

async function* exportedPages(
  store: Datastore,
  kind: Kind,
  mapping: () => Promise<Mapping>,
  options: ExportOptions,
): AsyncGenerator<ExportedPage> {
  const { to, everywhere, warn } = options;
  const known =
    NAMES_NODES.has(kind.kind) || (everywhere && (kind.kind === 'BGPPeer' || kind.kind === 'HostEndpoint'));
  const how = known ? await mapping() : { to, nodes: NO_NODES, everywhere };
  if (kind.kind === 'Node') await warnOfOldNames(store, how, warn);
  const all: Resource[] = [];
  let version = '';
  for await (const page of listed(store, kind, warn)) {
    const items = page.items
      .filter((item) => reasonToStay(item) === undefined)
      .map((item) => asShown(kind, item));
    version = page.version;
    if (kind.sort !== undefined) all.push(...items);
    else yield { items: items.map((item) => mapped(item, how)), version };
  }
  if (kind.sort !== undefined) yield { items: all.sort(kind.sort).map((item) => mapped(item, how)), version };
}

/** The reference leaves the names that peers and host endpoints have for nodes as they are: nothing would match there. */
async function warnOfOldNames(store: Datastore, how: Mapping, warn: (text: string) => void): Promise<void> {
  if (how.everywhere || how.nodes.size === 0) return;
  for (const name of ['BGPPeer', 'HostEndpoint']) {
    const kind = await kindOf(name);
    for await (const { items } of listed(store, kind, () => undefined)) {
      for (const item of items) {
        const node = namesOldNode(item, how);
        if (node !== undefined)
          warn(
            `Warning: ${formatRef(refOf(kind, item))} names the node ${node}, which Kubernetes calls ${how.nodes.get(node)}. It is exported as it is; \`--to kubernetes\` renames it.`,
          );
      }
    }
  }
}

/** Pages of a kind; none where the datastore does not have the kind. */
async function* listed(store: Datastore, kind: Kind, warn: (text: string) => void): AsyncGenerator<Page> {
  try {
    for await (const page of store.list({ kind })) {
      for (const { entry, reason } of page.corrupt)
        warn(`Warning: ${entry} is left out of the export, it cannot be read: ${reason}`);
      yield page;
    }
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
  }
}

/** The objects of address management by section, written as they come. */
async function* addressText(
  store: Datastore,
  names: () => Promise<NodeNames>,
  { warn }: ExportOptions,
): AsyncGenerator<string> {
  const nodes = await names();
  let written = false;
  const heading = (section: string) => `${written ? ',\n' : '{\n'}  "${section}": `;
  for (const [section, name] of Object.entries(SECTIONS) as [Section, string][]) {
    const kind = await kindOf(name);
    if (section === 'config') {
      const config = await settings(store, kind);
      if (config === undefined) continue;
      yield heading(section) + indented(addressEntry(config, nodes), 1);
      written = true;
      continue;
    }
    let begun = false;
    for await (const { items } of listed(store, kind, warn)) {
      if (items.length === 0) continue;
      const text = items.map((item) => `\n    ${indented(addressEntry(item, nodes), 2)}`).join(',');
      yield (begun ? ',' : `${heading(section)}[`) + text;
      begun = true;
      written = true;
    }
    if (begun) yield '\n  ]';
  }
  yield written ? '\n}\n' : '{}\n';
}

async function settings(store: Datastore, kind: Kind): Promise<Resource | undefined> {
  try {
    return await unlessNotFound(store.get({ kind, name: 'default' }));
  } catch (error) {
    if (isError(error, 'not-supported')) return undefined;
    throw error;
  }
}

function indented(entry: AddressEntry, levels: number): string {
  return stringifyJson(entry, 2).replaceAll('\n', `\n${'  '.repeat(levels)}`);
}
