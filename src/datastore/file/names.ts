import type { Kind, Ref } from '../../resources/kind.ts';

/**
 * Which file a resource lives in. Names are percent-encoded so that any of them is one path component, none begins
 * with a dot, and two that differ in letter case only stay apart on a file system that ignores case: capitals are
 * encoded too, and the digits of an escape are lower case. Encoded names longer than a component may be are cut into
 * nested folders, `<first part>%/%<rest>.yaml`. Everything is reversible.
 */

/** Endings of resource files; the first is the one that is written. */
export const ENDINGS = ['.yaml', '.yml', '.json'] as const;

/** A path component holds 255 bytes almost everywhere; this leaves room for marks and the ending. */
const PART = 200;
const UNSAFE = /[^a-z0-9._-]/gu;
const utf8 = new TextEncoder();

/** A name or namespace as path components safe everywhere: `Pod/a` is `%50od%2fa`. */
export function encodeName(name: string): string {
  if (name === '') return '%';
  const plain = name.replace(UNSAFE, escapeCharacter).replace(/^\./, '%2e');
  if (plain.length <= PART) return plain;
  const parts = Array.from({ length: Math.ceil(plain.length / PART) }, (_, index) =>
    plain.slice(index * PART, (index + 1) * PART),
  );
  return parts.join('%/%');
}

function escapeCharacter(character: string): string {
  return Array.from(utf8.encode(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** The name that encodeName made this of; undefined where it made none so. */
export function decodeName(encoded: string): string | undefined {
  if (encoded === '%') return '';
  let name: string;
  try {
    name = decodeURIComponent(encoded.replaceAll('%/%', ''));
  } catch {
    return undefined;
  }
  return encodeName(name) === encoded ? name : undefined;
}

/** The folder of a kind, relative to the datastore's. Kinds that only IPAM uses stand apart from what people edit. */
export function folderOfKind(kind: Kind): string {
  return kind.internal === true ? `ipam/${kind.plural}` : kind.plural;
}

/** The file of a resource without its ending, relative to the datastore's folder. */
export function stemOf(ref: Ref): string {
  const folder = folderOfKind(ref.kind);
  const name = encodeName(ref.name);
  return ref.kind.scope === 'namespaced'
    ? `${folder}/${encodeName(ref.namespace ?? '')}/${name}`
    : `${folder}/${name}`;
}

/** The stem and the ending of a file name; undefined for files that are none of ours. */
export function splitEnding(file: string): { readonly stem: string; readonly ending: string } | undefined {
  if (file.startsWith('.')) return undefined;
  const ending = ENDINGS.find((candidate) => file.endsWith(candidate));
  return ending === undefined ? undefined : { stem: file.slice(0, -ending.length), ending };
}

/** Order of keys in etcd: by bytes, namespace and name joined by a slash. */
export function compareKeys(a: string, b: string): number {
  // UTF-16 and UTF-8 order differ only where surrogates are involved.
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

const SURROGATE = /[\ud800-\udfff]/;
