const DIGIT = /\p{Nd}/u;
const LETTER = /\p{L}/u;
/** Keys of letters only: among these the natural order is the order of code units. */
const LETTERS = /^[A-Za-z]+$/;

function isDigit(character: string | undefined): boolean {
  return character !== undefined && DIGIT.test(character);
}

/**
 * The order in which the reference writes map keys: letters after everything else, runs of digits by their number
 * (`node2` before `node10`), otherwise by code point.
 */
export function compareKeys(a: string, b: string): number {
  if (LETTERS.test(a) && LETTERS.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const left = [...a];
  const right = [...b];
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (left[at] !== right[at]) return compareFrom(left, right, at);
  }
  return left.length - right.length;
}

function compareFrom(left: readonly string[], right: readonly string[], at: number): number {
  const l = left[at]!;
  const r = right[at]!;
  const leftLetter = LETTER.test(l);
  const rightLetter = LETTER.test(r);
  if (leftLetter !== rightLetter) return rightLetter ? -1 : 1;
  if (!leftLetter) {
    // A zero inside a number that has begun must not lose its place value: `10` against `1x`.
    const begun = (l === '0' || r === '0') && numberBegan(left, at) ? 1n : 0n;
    const [leftNumber, leftEnd] = numberAt(left, at, begun);
    const [rightNumber, rightEnd] = numberAt(right, at, begun);
    if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1;
    if (leftEnd !== rightEnd) return leftEnd - rightEnd;
  }
  return l.codePointAt(0)! - r.codePointAt(0)!;
}

function numberBegan(characters: readonly string[], before: number): boolean {
  for (let i = before - 1; i >= 0 && isDigit(characters[i]); i--) {
    if (characters[i] !== '0') return true;
  }
  return false;
}

/** The number whose digits start at `from`, wrapped to 64 bits as the reference's arithmetic is, and where it ends. */
function numberAt(characters: readonly string[], from: number, start: bigint): [number: bigint, end: number] {
  let number = start;
  let end = from;
  for (; isDigit(characters[end]); end++) {
    number = BigInt.asIntN(64, number * 10n + BigInt(characters[end]!.codePointAt(0)! - 0x30));
  }
  return [number, end];
}

/** The keys of an object whose values are not undefined, in the order they are written. */
export function sortedKeys(object: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  return keys.length < 2 ? keys : keys.sort(compareKeys);
}
