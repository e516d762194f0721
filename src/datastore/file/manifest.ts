import { CalicoctlError, type FieldPath, formatPath, formatValue, type Problem } from '../../core/errors.ts';
import { isObject, stringifyJson } from '../../core/json.ts';
import { canonical, decodeStored } from '../../resources/document.ts';
import { API_VERSION, formatRef, type Kind, type Ref, type Resource } from '../../resources/kind.ts';
import { findPlace, type Node, parseTrees, placeAt } from './tree.ts';
import type { Yaml } from './yaml.ts';

/** One resource as a document and back. */

/** The resource with this version, at the place where the field stands among the others. */
export function withVersion(kind: Kind, resource: Resource, resourceVersion: string): Resource {
  return canonical(kind, { ...resource, metadata: { ...resource.metadata, resourceVersion } });
}

/** The document to store for a resource in normal form. Whoever reads it finds its version in its bytes. */
export function printManifest(yaml: Yaml, resource: Resource, ending: string): string {
  const { apiVersion, kind, metadata, ...rest } = resource;
  const { resourceVersion: _derived, ...stored } = metadata;
  const document = { apiVersion, kind, metadata: stored, ...rest };
  return ending === '.json' ? `${stringifyJson(document, 2)}\n` : yaml.dump(document);
}

/** Reads the document of a file. Throws `corrupt` with file, line and column unless it is the resource of `ref`. */
export function parseManifest(yaml: Yaml, text: string, file: string, ref: Ref, version?: string): Resource {
  const reading: Reading = { yaml, text, file, ref };
  const value = load(reading);
  if (!isObject(value)) throw corrupt(reading, [{ path: [], value, message: 'is not a manifest' }]);
  const identity = [...misnamed(value, ref)];
  if (identity.length > 0) throw corrupt(reading, identity);
  // A version written into the file says nothing: whoever reads the file makes it of its bytes.
  (value['metadata'] as Record<string, unknown>)['resourceVersion'] = version;
  const { resource, problems } = decodeStored(ref.kind, value);
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
    throw unreadable(ref, message, {
      place: placeAt(text, second === undefined ? 0 : startOf(second, text), file),
    });
  }
}

/** An empty document stands nowhere; it begins at its marker. */
function startOf(node: Node, text: string): number {
  return node.start >= 0 ? node.start : text.lastIndexOf('\n---') + 1;
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
