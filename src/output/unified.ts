/** Lines of context around a change. */
const CONTEXT = 3;

/** Beyond so many changed lines the middle is shown as replaced as a whole: finding the least of them would take long. */
const MOST_EDITS = 500;

/** A run of lines of the left side that lines of the right side stand for; ends are exclusive. */
interface Edit {
  readonly left: readonly [from: number, to: number];
  readonly right: readonly [from: number, to: number];
}

/** The unified diff of two texts given as lines; empty where they are the same. */
export function unifiedDiff(
  left: readonly string[],
  right: readonly string[],
  [before, after]: readonly [string, string],
): string {
  const hunks = hunksOf(edits(left, right));
  if (hunks.length === 0) return '';
  const bodies = hunks.map((hunk) => hunkText(hunk, left, right));
  return `--- ${before}\n+++ ${after}\n${bodies.join('')}`;
}

/** Edits so near to each other that their context meets make one hunk. */
function hunksOf(all: readonly Edit[]): readonly (readonly Edit[])[] {
  const hunks: Edit[][] = [];
  for (const edit of all) {
    const last = hunks.at(-1)?.at(-1);
    if (last !== undefined && edit.left[0] - last.left[1] <= 2 * CONTEXT) hunks.at(-1)!.push(edit);
    else hunks.push([edit]);
  }
  return hunks;
}

function hunkText(hunk: readonly Edit[], left: readonly string[], right: readonly string[]): string {
  const [first, last] = [hunk[0]!, hunk.at(-1)!];
  const lead = Math.min(CONTEXT, first.left[0]);
  const tail = Math.min(CONTEXT, left.length - last.left[1]);
  const from = first.left[0] - lead;
  const text: string[] = [];
  let at = from;
  for (const edit of hunk) {
    text.push(...left.slice(at, edit.left[0]).map((line) => ` ${line}`));
    text.push(...left.slice(...edit.left).map((line) => `-${line}`));
    text.push(...right.slice(...edit.right).map((line) => `+${line}`));
    at = edit.left[1];
  }
  text.push(...left.slice(at, at + tail).map((line) => ` ${line}`));
  const leftRange = range(from, last.left[1] + tail);
  const rightRange = range(first.right[0] - lead, last.right[1] + tail);
  return `@@ -${leftRange} +${rightRange} @@\n${text.map((line) => `${line}\n`).join('')}`;
}

/** Lines count from 1; an empty range names the line before it. */
function range(from: number, to: number): string {
  const count = to - from;
  const start = count === 0 ? from : from + 1;
  return count === 1 ? String(start) : `${start},${count}`;
}

/** The least edits that turn one list into the other, in order (Myers 1986). */
function edits(left: readonly string[], right: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  )
    tail++;
  const [a, b] = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)];
  if (a.length === 0 && b.length === 0) return [];
  const whole: Edit = { left: [0, a.length], right: [0, b.length] };
  const found = a.length === 0 || b.length === 0 ? [whole] : (leastEdits(a, b) ?? [whole]);
  return found.map((edit) => ({
    left: [edit.left[0] + head, edit.left[1] + head],
    right: [edit.right[0] + head, edit.right[1] + head],
  }));
}

/** Of each diagonal (line of `a` less line of `b`), how far into `a` so many edits lead. */
type Reach = ReadonlyMap<number, number>;

/** Undefined where there are too many. */
function leastEdits(a: readonly string[], b: readonly string[]): readonly Edit[] | undefined {
  const trace: Reach[] = [];
  let reach: Reach = new Map([[1, 0]]);
  for (let count = 0; count <= MOST_EDITS; count++) {
    trace.push(reach);
    const next = new Map(reach);
    for (let diagonal = -count; diagonal <= count; diagonal += 2) {
      let x = addsLine(reach, diagonal, count) ? reach.get(diagonal + 1)! : reach.get(diagonal - 1)! + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return stepsBack(trace, a.length, b.length);
    }
    reach = next;
  }
  return undefined;
}

/** Whether the diagonal is best reached by adding a line of `b`, rather than by dropping one of `a`. */
function addsLine(reach: Reach, diagonal: number, count: number): boolean {
  if (diagonal === -count) return true;
  return diagonal !== count && reach.get(diagonal - 1)! < reach.get(diagonal + 1)!;
}

function stepsBack(trace: readonly Reach[], fromX: number, fromY: number): readonly Edit[] {
  const steps: Edit[] = [];
  let [x, y] = [fromX, fromY];
  for (let count = trace.length - 1; count > 0; count--) {
    const reach = trace[count]!;
    const diagonal = x - y;
    const came = addsLine(reach, diagonal, count) ? diagonal + 1 : diagonal - 1;
    x = reach.get(came)!;
    y = x - came;
    const added = came > diagonal;
    steps.push({ left: [x, added ? x : x + 1], right: [y, added ? y + 1 : y] });
  }
  return joined(steps.reverse());
}

/** Steps that touch are one edit. */
function joined(steps: readonly Edit[]): readonly Edit[] {
  const edits: Edit[] = [];
  for (const step of steps) {
    const last = edits.at(-1);
    if (last !== undefined && last.left[1] === step.left[0] && last.right[1] === step.right[0]) {
      edits[edits.length - 1] = { left: [last.left[0], step.left[1]], right: [last.right[0], step.right[1]] };
    } else edits.push(step);
  }
  return edits;
}
