/**
 * Versions are made of content: a hand edit or a checkout changes them, equal content has equal versions, and nothing
 * needs to be kept beside the manifests. Decimal digits, as tools expect of a resourceVersion.
 */

/** The version of a file of these bytes. */
export async function versionOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Web Crypto is there already; loading node:crypto would take longer than everything else a `get` does.
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes);
  return String(new DataView(digest).getBigUint64(0) >> 1n);
}

/** The version of a list whose entries have these marks. */
export function versionOfAll(marks: Iterable<string>): Promise<string> {
  return versionOf(new TextEncoder().encode([...marks].join('\n')));
}
