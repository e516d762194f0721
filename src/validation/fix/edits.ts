import type { FieldPath, Place } from '../../core/errors.ts';
import type { Finding } from '../../core/result.ts';
import type { RawDocument } from '../../input/raw.ts';
import { type Written, writtenScalars } from '../../input/written.ts';
import { fixedTo, spell } from './spelling.ts';

/** One scalar to be written anew. Offsets are into the document's text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly what: 'key' | 'value';
  readonly from: string;
  readonly to: string | number;
  /** Fields that are meant: an alias gives one scalar to several. */
  readonly paths: FieldPath[];
  readonly place: Place;
  readonly finding: Finding;
}

/** What findings of one document ask to be changed in it, in their order; throws Refusal. */
export function editsOf(raw: RawDocument, findings: readonly Finding[]): readonly Edit[] {
  const scalars = writtenScalars(raw);
  const edits = new Map<number, Edit>();
  for (const finding of findings) {
    const { fix, place, path } = finding;
    const what = 'key' in fix! ? 'key' : 'value';
    const written = scalars.find(place!, what);
    if (written === undefined || !isMeant(written, what, finding))
      throw new Refusal(changedMeanwhile(finding));
    const known = edits.get(written.start);
    if (known === undefined) edits.set(written.start, editOf(raw, written, what, finding));
    else if (known.to === fixedTo(fix!)) known.paths.push(path);
    // The other one is found again when the file is read anew.
  }
  return [...edits.values()].sort((a, b) => a.start - b.start);
}

/** Why a file is left as it is. */
export class Refusal extends Error {}

export function changedMeanwhile({ place }: Finding): string {
  return `line ${place?.line} is not as it was when it was read`;
}

function isMeant({ value }: Written, what: Edit['what'], finding: Finding): boolean {
  if (what === 'value') return finding.value === undefined || String(value) === String(finding.value);
  // Calico's field names are read in any letter case.
  return String(value).toLowerCase() === String(finding.path.at(-1)).toLowerCase();
}

function editOf(raw: RawDocument, written: Written, what: Edit['what'], finding: Finding): Edit {
  const to = fixedTo(finding.fix!);
  const from = String(written.value);
  const common = { what, from, to, paths: [finding.path], place: written.place, finding };
  const { start, end, quoting } = written;
  if (quoting !== 'block') return { ...common, start, end, text: spell(to, quoting) };
  // Only what is one line in all can be replaced without knowledge of the block's form.
  const within = raw.text.slice(start, end).indexOf(from);
  if (within === -1 || from !== from.trim())
    throw new Refusal(`line ${finding.place?.line} is a block of text`);
  const at = start + within;
  return { ...common, start: at, end: at + from.length, text: String(to) };
}

/** The text with all edits made. */
export function edited(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, text: written } of edits) {
    pieces.push(text.slice(at, start), written);
    at = end;
  }
  return pieces.join('') + text.slice(at);
}
