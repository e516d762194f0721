import { CalicoctlError, type FieldPath, formatPlace, type Place, type Problem } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { decodeDocument } from './document.ts';
import { API_VERSION, type Fault, type Kind, type Resource } from './kind.ts';
import { kindInManifest } from './registry.ts';

/** A document of the input and how to find its fields again (implemented by src/input). */
export interface Located {
  readonly file: string;
  readonly value: unknown;
  place(path?: FieldPath, at?: 'key' | 'value'): Place;
}

/** One resource that a user wrote. */
export interface Manifest {
  readonly kind: Kind;
  readonly resource: Resource;
  /** Where a field of it stands; absent for resources named on the command line. */
  readonly place?: (path: FieldPath, at?: 'key' | 'value') => Place;
}

/** The resources of one document: one, those of a list, or those of an array. Throws one error naming every problem. */
export async function readManifests(document: Located): Promise<readonly Manifest[]> {
  return expand(document, document.value, []);
}

async function expand(document: Located, value: unknown, path: FieldPath): Promise<readonly Manifest[]> {
  if (Array.isArray(value)) return expandItems(document, value, path);
  if (!isObject(value))
    throw refusal(
      document,
      path,
      'is not a resource: a mapping with apiVersion, kind, metadata and spec is needed',
      value,
    );
  const { kind, apiVersion } = value;
  if (typeof kind !== 'string' || kind === '') {
    throw refusal(document, path, `${named(value)}has no \`kind\`, so it is not a resource`);
  }
  if (kind === 'List' && apiVersion === 'v1')
    return expandItems(document, itemsOf(document, value, path), [...path, 'items']);
  const found = await kindInManifest(kind, typeof apiVersion === 'string' ? apiVersion : '');
  if ('reason' in found) throw refusal(document, [...path, 'kind'], `${named(value)}${found.reason}`);
  if (found.list)
    return expandTypedList(document, found.kind, itemsOf(document, value, path), [...path, 'items']);
  return [decodeManifest(document, found.kind, value, path)];
}

/** `"web": ` where a document has a name to be known by. */
function named({ metadata }: Record<string, unknown>): string {
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' && name !== '' ? `"${name}": ` : '';
}

function itemsOf(document: Located, value: Record<string, unknown>, path: FieldPath): readonly unknown[] {
  const items = value['items'] ?? [];
  if (!Array.isArray(items)) throw refusal(document, [...path, 'items'], 'is not a list', items);
  return items;
}

async function expandItems(
  document: Located,
  items: readonly unknown[],
  path: FieldPath,
): Promise<readonly Manifest[]> {
  const all: Manifest[] = [];
  for (const [index, item] of items.entries()) all.push(...(await expand(document, item, [...path, index])));
  return all;
}

/** Items without kind and apiVersion take the list's; one of another kind is a mistake (the reference crashes on both). */
function expandTypedList(
  document: Located,
  kind: Kind,
  items: readonly unknown[],
  path: FieldPath,
): readonly Manifest[] {
  return items.map((item, index) => {
    const at = [...path, index];
    if (!isObject(item)) throw refusal(document, at, 'is not a resource', item);
    const whole = { apiVersion: API_VERSION, kind: kind.kind, ...item };
    const foreign: Fault[] =
      whole.kind === kind.kind && whole.apiVersion === API_VERSION
        ? []
        : [{ path: ['kind'], value: whole.kind, message: `is not the kind of this list, ${kind.kind}` }];
    return decodeManifest(document, kind, whole, at, foreign);
  });
}

function decodeManifest(
  document: Located,
  kind: Kind,
  value: unknown,
  base: FieldPath,
  found: readonly Fault[] = [],
): Manifest {
  const { resource, problems } = decodeDocument(kind, value);
  const place = (path: FieldPath, at?: 'key' | 'value') => document.place([...base, ...path], at);
  const all = [...found, ...problems];
  if (all.length > 0) throw problemsError('input', describe(kind, resource), all, place);
  return { kind, resource, place };
}

function describe(kind: Kind, resource: Resource): string {
  const { name, namespace } = resource.metadata;
  return name === '' ? kind.kind : `${kind.kind}(${namespace ? `${namespace}/` : ''}${name})`;
}

function refusal(document: Located, path: FieldPath, message: string, value?: unknown): CalicoctlError {
  const place = document.place(path);
  const shown = value === undefined ? '' : `${JSON.stringify(value)?.slice(0, 60)} `;
  return new CalicoctlError('input', `${formatPlace(place)}: ${shown}${message}`, { place });
}

/** One error for all problems of a resource, each with its place. */
export function problemsError(
  errorClass: 'input' | 'validation',
  resource: string,
  faults: readonly Fault[],
  place?: (path: FieldPath, at?: 'key' | 'value') => Place,
): CalicoctlError {
  const problems: Problem[] = faults.map((fault) => ({
    ...fault,
    ...(place ? { place: place(fault.path, fault.at) } : {}),
  }));
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new CalicoctlError(errorClass, `${resource} has ${count}:`, { resource, problems });
}
