/** The uids under which Calico shows what is stored as, or made of, other objects. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Bytes that say which sort of UUID it is: kept, so that the result is one of the same sort. */
const KEPT = [6, 8];

/**
 * The uid of the counterpart: the bits of every byte reversed, those that tell the UUID's version and variant kept.
 * Applied twice it gives the uid back. What is no UUID stays as it is.
 */
export function convertUid(uid: string): string {
  if (!UUID.test(uid)) return uid;
  const bytes = uid.replaceAll('-', '').match(/../g)!;
  const hex = bytes
    .map((byte, index) => (KEPT.includes(index) ? byte.toLowerCase() : reversed(byte)))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function reversed(byte: string): string {
  let value = Number.parseInt(byte, 16);
  let result = 0;
  for (let bit = 0; bit < 8; bit++) {
    result = (result << 1) | (value & 1);
    value >>= 1;
  }
  return result.toString(16).padStart(2, '0');
}
