import { CalicoctlError, type FieldPath, formatPlace, type Place, type Problem } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { decodeDocument } from './document.ts';
import type { Meant } from './fixes.ts';
import { API_VERSION, type Fault, type Kind, type Resource } from './kind.ts';
import { kindInManifest } from './registry.ts';
import { READING } from './structure.ts';

/** A document of the input and how to find its fields again (implemented by src/input). */
export interface Located {
  readonly file: string;
  readonly value: unknown;
  place(path?: FieldPath, at?: 'key' | 'value'): Place;
  /** File and line of the document's first character; at no cost. */
  readonly start?: Place;
  /** A line of the input by its number. */
  line?(number: number): string | undefined;
}

/** One resource that a user wrote. */
export interface Manifest {
  readonly kind: Kind;
  readonly resource: Resource;
  /** Where a field of it stands; absent for resources named on the command line. */
  readonly place?: (path: FieldPath, at?: 'key' | 'value') => Place;
  /** File and line of the first character of its document. */
  readonly start?: Place | undefined;
  /** A line of the input by its number. */
  readonly line?: ((number: number) => string | undefined) | undefined;
}

/** The resources of one document: one, those of a list, or those of an array. Throws one error naming every problem. */
export function readManifests(document: Located): Promise<readonly Manifest[]> {
  const refuse = (error: CalicoctlError): never => {
    throw error;
  };
  return expand({ document, refuse }, document.value, []);
}

/**
 * The same of a document of which some resources cannot be read: `refuse` is told of each, the others are given. What
 * `leaveOut` says of an object, or of what should be one, is neither.
 */
export function readManifestsTolerantly(
  document: Located,
  refuse: (error: CalicoctlError) => void,
  leaveOut?: (value: unknown) => boolean,
  inspect?: Inspect,
): Promise<readonly Manifest[]> {
  return expand({ document, refuse, leaveOut, inspect }, document.value, []);
}

/** What else is wrong with a resource of which a part could not be read, and `known` tells why. */
export type Inspect = (kind: Kind, resource: Resource, known: readonly Fault[]) => readonly Fault[];

interface Expansion {
  readonly document: Located;
  readonly refuse: (error: CalicoctlError) => void;
  readonly leaveOut?: ((value: unknown) => boolean) | undefined;
  readonly inspect?: Inspect | undefined;
}

const NONE: readonly Manifest[] = [];

async function expand(run: Expansion, value: unknown, path: FieldPath): Promise<readonly Manifest[]> {
  const refuse = (rule: string, at: FieldPath, message: string, shown?: unknown, meant?: Meant) => {
    run.refuse(refusal(run.document, { rule, path: at, message, ...meant }, shown));
    return NONE;
  };
  if (run.leaveOut?.(value)) return NONE;
  if (Array.isArray(value)) return expandItems(run, value, path);
  if (!isObject(value)) {
    const needed = 'a mapping with apiVersion, kind, metadata and spec is needed';
    return refuse(READING.resource.id, path, `is not a resource: ${needed}`, value);
  }
  const { kind, apiVersion } = value;
  if (typeof kind !== 'string' || kind === '')
    return refuse(READING.resource.id, path, `${named(value)}has no \`kind\`, so it is not a resource`);
  const isList = kind === 'List' && apiVersion === 'v1';
  const found = isList
    ? undefined
    : await kindInManifest(kind, typeof apiVersion === 'string' ? apiVersion : '');
  if (found !== undefined && 'reason' in found)
    return refuse(found.rule, [...path, found.field], `${named(value)}${found.reason}`, undefined, found);
  if (found !== undefined && !found.list) return decodeManifest(run, found.kind, value, path);
  const items = value['items'] ?? [];
  const at = [...path, 'items'];
  if (!Array.isArray(items)) return refuse(READING.type.id, at, 'is not a list', items);
  return found === undefined ? expandItems(run, items, at) : expandTypedList(run, found.kind, items, at);
}

/** `"web": ` where a document has a name to be known by. */
function named({ metadata }: Record<string, unknown>): string {
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' && name !== '' ? `"${name}": ` : '';
}

async function expandItems(
  run: Expansion,
  items: readonly unknown[],
  path: FieldPath,
): Promise<readonly Manifest[]> {
  const all: Manifest[] = [];
  for (const [index, item] of items.entries()) all.push(...(await expand(run, item, [...path, index])));
  return all;
}

/** Items without kind and apiVersion take the list's; one of another kind is a mistake (the reference crashes on both). */
function expandTypedList(
  run: Expansion,
  kind: Kind,
  items: readonly unknown[],
  path: FieldPath,
): readonly Manifest[] {
  return items.flatMap((item, index) => {
    const at = [...path, index];
    const rule = READING.listItem.id;
    if (!isObject(item)) {
      run.refuse(refusal(run.document, { rule, path: at, message: 'is not a resource' }, item));
      return NONE;
    }
    const whole = { apiVersion: API_VERSION, kind: kind.kind, ...item };
    const message = `is not the kind of this list, ${kind.kind}`;
    const foreign: Fault[] =
      whole.kind === kind.kind && whole.apiVersion === API_VERSION
        ? []
        : [{ rule, path: ['kind'], value: whole.kind, message }];
    return decodeManifest(run, kind, whole, at, foreign);
  });
}

function decodeManifest(
  { document, refuse, inspect }: Expansion,
  kind: Kind,
  value: unknown,
  base: FieldPath,
  found: readonly Fault[] = [],
): readonly Manifest[] {
  const { resource, problems } = decodeDocument(kind, value);
  const place = (path: FieldPath, at?: 'key' | 'value') => document.place([...base, ...path], at);
  const all = [...found, ...problems];
  if (all.length === 0) return [{ kind, resource, place, start: document.start, line: document.line }];
  const more = inspect?.(kind, resource, all) ?? [];
  refuse(problemsError('input', describe(kind, resource), [...all, ...more], place));
  return NONE;
}

function describe(kind: Kind, resource: Resource): string {
  const { name, namespace } = resource.metadata;
  return name === '' ? kind.kind : `${kind.kind}(${namespace ? `${namespace}/` : ''}${name})`;
}

function refusal(document: Located, fault: Fault, value?: unknown): CalicoctlError {
  const { rule, path, message, fix } = fault;
  const place = document.place(path);
  const shown = value === undefined ? '' : `${JSON.stringify(value)?.slice(0, 60)} `;
  return new CalicoctlError('input', `${formatPlace(place)}: ${shown}${message}`, {
    place,
    fault: {
      ...(rule && { rule }),
      path,
      message,
      place,
      ...(value !== undefined && { value }),
      ...(fix && { fix }),
    },
  });
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
