/** What long lists leave behind. */

/** So many bytes may be read before it is worth a look; most commands never read as many. */
const LEAST = 4 << 20;
/** Later looks come when so large a part of all that was read has been read since: lists that keep more take longer. */
const PART = 16;

let total = 0;
let since = 0;

/** The executable is built with it, see scripts/build.mjs; elsewhere garbage is left to the run-time. */
const collect = (globalThis as { readonly gc?: () => void }).gc;

/**
 * So many bytes of an answer were read, and are hardly needed any more. The run-time lets garbage grow to several times
 * of what is in use before it collects; where much passes and little stays, that is most of the memory of a process.
 */
export function passed(bytes: number): void {
  total += bytes;
  since += bytes;
  if (collect === undefined || since < LEAST + total / PART) return;
  since = 0;
  collect();
}
