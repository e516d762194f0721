/** A JSON Pointer (RFC 6901) as its unescaped reference tokens; the empty list is the whole document. */
export type Pointer = readonly string[];

/** Parses a pointer; undefined where it does not start with `/` or has a `~` that is not `~0` or `~1`. */
export function parsePointer(text: string): Pointer | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The text of a pointer. */
export function formatPointer(pointer: Pointer): string {
  return pointer.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** True where `outer` is `inner` or one of the values around it. */
export function isPrefix(outer: Pointer, inner: Pointer): boolean {
  return outer.length <= inner.length && outer.every((token, index) => token === inner[index]);
}
