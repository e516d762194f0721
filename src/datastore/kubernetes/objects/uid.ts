/** The uids under which Calico shows what is stored as, or made of, other objects. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Where the two bytes stand that say which sort of UUID it is: kept, so that the result is one of the same sort. */
const KEPT = [14, 19];

/** The bits of each hexadecimal digit in reverse. */
const REVERSED = '084c2a6e195d3b7f';

/**
 * The uid of the counterpart: the bits of every byte reversed, those that tell the UUID's version and variant kept.
 * Applied twice it gives the uid back. What is no UUID stays as it is.
 */
export function convertUid(uid: string): string {
  if (!UUID.test(uid)) return uid;
  const parts: string[] = [];
  for (let at = 0; at < uid.length; at += 2) {
    if (uid[at] === '-') {
      parts.push('-');
      at++;
    }
    if (KEPT.includes(at)) parts.push(uid.slice(at, at + 2).toLowerCase());
    else parts.push(reversed(uid.charCodeAt(at + 1)), reversed(uid.charCodeAt(at)));
  }
  return parts.join('');
}

/** Of the code of a digit: those of letters are from 0x41 and 0x61 on. */
function reversed(code: number): string {
  return REVERSED[code < 0x40 ? code - 0x30 : (code & 0x0f) + 9]!;
}
