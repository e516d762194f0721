import { CalicoctlError, type FieldPath, formatPath, formatValue, type Problem } from '../../core/errors.ts';
import { isObject, stringifyJson } from '../../core/json.ts';
import { decode } from '../../resources/decode.ts';
import {
  API_VERSION,
  formatRef,
  type Kind,
  type Metadata,
  type Ref,
  type Resource,
} from '../../resources/kind.ts';
import { metadataSchema } from '../../resources/metadata.ts';
import { object, type Schema, text as textField } from '../../resources/schema.ts';
import { findPlace, parseTrees, placeAt } from './tree.ts';
import type { Yaml } from './yaml.ts';

/** One resource as a document and back. */

const shapes = new WeakMap<Kind, Schema>();

/** The schema of a whole resource of a kind, `status` only where the kind declares one. */
function shapeOf(kind: Kind): Schema {
  let shape = shapes.get(kind);
  if (shape === undefined) {
    shape = object({
      apiVersion: textField('API version.', { presence: 'always' }),
      kind: textField('Kind.', { presence: 'always' }),
      metadata: metadataSchema,
      spec: kind.spec as Schema,
      ...(kind.status === undefined ? {} : { status: kind.status }),
    });
    shapes.set(kind, shape);
  }
  return shape;
}

/** A resource in normal form: fields in declared order, unknown ones kept behind them. Shares nothing with `value`. */
export function normalise(kind: Kind, value: unknown): { resource: Resource; problems: readonly Problem[] } {
  const { value: decoded, problems } = decode(shapeOf(kind), structuredClone(value), [], { unknown: 'keep' });
  const { apiVersion, kind: kindName, metadata, spec, ...rest } = (decoded ?? {}) as Partial<Resource>;
  const resource = {
    apiVersion: apiVersion ?? '',
    kind: kindName ?? '',
    metadata: (metadata ?? {}) as Metadata,
    spec: spec ?? {},
    ...rest,
  };
  return { resource, problems };
}

/** The resource with this version, at the place where the field stands among the others. */
export function withVersion(resource: Resource, version: string): Resource {
  const metadata: Metadata = { name: resource.metadata.name };
  for (const [field, value] of Object.entries(resource.metadata)) {
    if (field === 'resourceVersion') continue;
    if (!BEFORE_VERSION.has(field)) metadata.resourceVersion ??= version;
    metadata[field] = value;
  }
  metadata.resourceVersion ??= version;
  return { ...resource, metadata };
}

const BEFORE_VERSION = new Set(['name', 'generateName', 'namespace', 'selfLink', 'uid']);

/** The document to store for a resource in normal form. Whoever reads it finds its version in its bytes. */
export function printManifest(yaml: Yaml, resource: Resource, ending: string): string {
  const { resourceVersion: _derived, ...metadata } = resource.metadata;
  const document = { ...resource, metadata };
  return ending === '.json' ? `${stringifyJson(document, 2)}\n` : yaml.dump(document);
}

/** Reads the document of a file. Throws `corrupt` with file, line and column unless it is the resource of `ref`. */
export function parseManifest(yaml: Yaml, text: string, file: string, ref: Ref): Resource {
  const reading: Reading = { yaml, text, file, ref };
  const value = load(reading);
  if (!isObject(value)) throw corrupt(reading, [{ path: [], value, message: 'is not a manifest' }]);
  const identity = [...misnamed(value, ref)];
  if (identity.length > 0) throw corrupt(reading, identity);
  const { resource, problems } = normalise(ref.kind, value);
  if (problems.length > 0) throw corrupt(reading, problems);
  return resource;
}

interface Reading {
  readonly yaml: Yaml;
  readonly text: string;
  readonly file: string;
  readonly ref: Ref;
}

function load(reading: Reading): unknown {
  const { yaml, text, file, ref } = reading;
  try {
    return yaml.load(text);
  } catch (error) {
    if (!(error instanceof yaml.js.YAMLException)) throw error;
    if (error.mark !== undefined) {
      const place = placeAt(text, error.mark.position, file);
      throw unreadable(ref, `not valid YAML: ${error.reason}`, { place, cause: error });
    }
    const [, second] = parseTrees(yaml, text);
    const message =
      second === undefined ? 'the file is empty' : 'a second document begins here; one is allowed';
    throw unreadable(ref, message, { place: placeAt(text, second?.start ?? 0, file) });
  }
}

/** What in a document contradicts the file it stands in. */
function* misnamed(value: Record<string, unknown>, { kind, name, namespace }: Ref): Iterable<Problem> {
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const expected: readonly (readonly [FieldPath, unknown, unknown])[] = [
    [['apiVersion'], value['apiVersion'], API_VERSION],
    [['kind'], value['kind'], kind.kind],
    [['metadata', 'name'], metadata['name'], name],
    ...(kind.scope === 'namespaced'
      ? [[['metadata', 'namespace'], metadata['namespace'], namespace] as const]
      : []),
  ];
  for (const [path, given, wanted] of expected) {
    if (given === wanted || (typeof given === 'number' && String(given) === wanted)) continue;
    const message = given === undefined ? 'is missing' : 'does not fit';
    yield {
      path,
      value: given,
      message: `${message}: where the file lies it must be ${formatValue(wanted)}`,
    };
  }
}

function corrupt({ yaml, text, file, ref }: Reading, problems: readonly Problem[]): CalicoctlError {
  const [root] = parseTrees(yaml, text);
  const placed = problems.map((problem) => ({
    ...problem,
    place: root === undefined ? { file } : findPlace(root, text, file, problem.path, problem.at),
  }));
  const [first] = placed;
  const { path, message, value } = first!;
  const shown = value === undefined ? '' : `${formatValue(value)} `;
  const what = `${path.length === 0 ? '' : `${formatPath(path)}: `}${shown}${message}`;
  return unreadable(ref, what, { place: first!.place, ...(placed.length > 1 ? { problems: placed } : {}) });
}

/** `corrupt`: the file is there and holds something, but not what it should. Never overwritten nor deleted by us. */
export function unreadable(
  ref: Ref,
  message: string,
  details: ConstructorParameters<typeof CalicoctlError>[2] = {},
): CalicoctlError {
  return new CalicoctlError('corrupt', message, {
    resource: formatRef(ref),
    hint: 'Correct the file by hand, or remove it.',
    ...details,
  });
}
