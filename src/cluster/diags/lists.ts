/** Lists of objects as files: YAML, and the table that the server makes of them. */
import type { Collector } from '../../bundle/collector.ts';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { redactObject } from '../../bundle/redact.ts';
import type { Cluster, KubeObject, Selection, ServedResource } from '../../datastore/cluster.ts';

/** One or more kinds in one pair of files. */
export interface Listing {
  /** What is looked for. */
  readonly name: string;
  /** Without its ending. */
  readonly file: string;
  readonly resources: readonly ServedResource[];
  readonly namespace?: string;
  /** Why there are no resources. */
  readonly otherwise: string;
}

/** Looks at every text that goes into a bundle. */
export type Watch = <T extends string | Uint8Array>(file: string, text: AsyncIterable<T>) => AsyncIterable<T>;

/** Two steps: the objects, and the table. */
export function listingSteps(cluster: Cluster, watch: Watch, listing: Listing): Step[] {
  const { name, file, resources, otherwise } = listing;
  if (resources.length === 0) return [{ name, work: () => Promise.reject(new Skipped(otherwise)) }];
  const step = (form: string, whole: string, text: () => AsyncIterable<string>): Step => ({
    name: `${name} (${form})`,
    work: ({ stream }: Collector) => stream(whole, watch(whole, text())),
  });
  return [
    step('yaml', `${file}.yaml`, () => yamlOf(cluster, listing)),
    step('table', `${file}.txt`, () => tableOf(cluster, listing)),
  ];
}

function selectionOf({ namespace }: Listing, collection: ServedResource): Selection {
  return { collection, ...(namespace !== undefined && { namespace }) };
}

async function* yamlOf(cluster: Cluster, listing: Listing): AsyncGenerator<string, void, undefined> {
  const { yamlText } = await import('./yaml.ts');
  const { resources } = listing;
  const [only] = resources;
  yield resources.length === 1
    ? `apiVersion: ${apiVersionOf(only!)}\nkind: ${only!.kind}List\nitems:\n`
    : 'apiVersion: v1\nkind: List\nitems:\n';
  let count = 0;
  for (const resource of resources) {
    for await (const { items } of cluster.list(selectionOf(listing, resource))) {
      count += items.length;
      for (const item of items) yield yamlText([shown(resource, item)]);
    }
  }
  if (count === 0) yield '  []\n';
}

function apiVersionOf({ group, version }: ServedResource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** An object as it may be shown; items of a list do not say what they are. */
export function shown(resource: ServedResource, item: KubeObject): unknown {
  const { apiVersion = apiVersionOf(resource), kind = resource.kind, metadata, ...rest } = item;
  return redactObject({ apiVersion, kind, metadata: plainMetadata(metadata), ...rest });
}

const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Who owns which field says nothing here; what was applied last may hold what has been taken away since. */
export function plainMetadata(metadata: KubeObject['metadata']): Readonly<Record<string, unknown>> {
  const { managedFields: _, annotations, ...rest } = metadata as Readonly<Record<string, unknown>>;
  if (typeof annotations !== 'object' || annotations === null) return rest;
  const { [APPLIED]: __, ...kept } = annotations as Readonly<Record<string, unknown>>;
  return Object.keys(kept).length === 0 ? rest : { ...rest, annotations: kept };
}

async function* tableOf(cluster: Cluster, listing: Listing): AsyncGenerator<string, void, undefined> {
  const { tableText } = await import('./table.ts');
  for (const [index, resource] of listing.resources.entries()) {
    if (index > 0) yield '\n';
    if (listing.resources.length > 1) yield `${resource.plural}\n`;
    const withNamespace = resource.namespaced && listing.namespace === undefined;
    let isFirst = true;
    for await (const page of cluster.table(selectionOf(listing, resource))) {
      yield tableText(page, { withNamespace, isFirst });
      isFirst = false;
    }
  }
}
