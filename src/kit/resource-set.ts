import { CalicoctlError } from '../core/errors.ts';
import type { OutputFormat, ResourceSet } from '../core/result.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { NamespaceChoice } from '../operations/namespace.ts';
import { resolveNamespace } from '../operations/namespace.ts';
import { asShown, exported } from '../operations/read.ts';
import type { ColumnFacts, Kind, Resource } from '../resources/kind.ts';
import type { Manifest } from '../resources/manifest.ts';

export interface ReadOptions {
  readonly choice: NamespaceChoice;
  readonly format: OutputFormat;
  readonly export: boolean;
  readonly asNumber: () => Promise<string>;
  readonly warn: (text: string) => void;
}

/** What one manifest or name asks for: an object, or with no name the list of its kind. */
export async function resourceSet(
  store: Datastore,
  manifest: Manifest,
  options: ReadOptions,
): Promise<ResourceSet> {
  const { kind, resource } = manifest;
  const { name, namespace: given, resourceVersion } = resource.metadata;
  const namespace = resolveNamespace(kind, given, options.choice);
  const look = await lookOf(kind, options);
  const place = namespace === undefined ? {} : { namespace };
  if (name === '') return { ...look, kind: kind.kind, list: true, pages: pages(store, kind, place, options) };
  if (kind.scope === 'namespaced' && options.choice.allNamespaces) {
    throw new CalicoctlError(
      'usage',
      `cannot use --all-namespaces for getting a single resource: name the namespace of ${kind.kind} ${name} with -n`,
    );
  }
  const found = asShown(kind, await store.get({ kind, name, ...place }, resourceVersion || undefined));
  const items = [options.export ? exported(found) : found];
  return { ...look, kind: kind.kind, list: false, pages: once({ items }) };
}

/** Headings, and the cells under them. */
async function lookOf(
  kind: Kind,
  { format, choice, asNumber }: ReadOptions,
): Promise<Pick<ResourceSet, 'headings' | 'cells'>> {
  const headings = headingsOf(kind, format, choice);
  const inherits = kind.kind === 'Node' && headings.includes('ASN');
  const facts: ColumnFacts = { defaultAsNumber: inherits ? await asNumber() : '' };
  const columns = headings.map((heading) => columnOf(kind, heading));
  return { headings, cells: (resource) => columns.map((column) => column(resource as Resource, facts)) };
}

function headingsOf(kind: Kind, format: OutputFormat, choice: NamespaceChoice): readonly string[] {
  if (format.type === 'columns') {
    const known = knownHeadings(kind);
    const unknown = format.headings.find((heading) => !known.includes(heading));
    if (unknown !== undefined)
      throw new CalicoctlError(
        'usage',
        `unknown heading ${unknown}, valid values for ${kind.kind} are: ${known.join(', ')}`,
      );
    return format.headings;
  }
  const headings = format.type === 'wide' ? kind.wide : kind.narrow;
  const spread =
    kind.scope === 'namespaced' && (choice.allNamespaces === true || (choice.namespace ?? '') !== '');
  return spread ? ['NAMESPACE', ...headings] : headings;
}

function knownHeadings(kind: Kind): readonly string[] {
  const own = Object.keys(kind.columns).filter((heading) => heading !== 'NAMESPACE');
  return kind.scope === 'namespaced' ? ['NAMESPACE', ...own] : own;
}

function columnOf(kind: Kind, heading: string): (resource: Resource, facts: ColumnFacts) => string {
  if (heading === 'NAMESPACE') return (resource) => resource.metadata.namespace ?? '';
  return kind.columns[heading]!;
}

async function* pages(store: Datastore, kind: Kind, place: { namespace?: string }, options: ReadOptions) {
  const all: Resource[] = [];
  let version = '';
  for await (const page of store.list({ kind, ...place })) {
    for (const { entry, reason } of page.corrupt)
      options.warn(`Warning: ${entry} is left out, it cannot be read: ${reason}`);
    const items = page.items.map((item) => asShown(kind, item));
    version = page.version;
    if (kind.sort === undefined) yield { items, version };
    else all.push(...items);
  }
  if (kind.sort !== undefined) yield { items: all.sort(kind.sort), version };
}

async function* once<T>(value: T) {
  yield value;
}
