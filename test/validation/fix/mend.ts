import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FieldPath } from '../../../src/core/errors.ts';
import { isObject } from '../../../src/core/json.ts';
import type { Finding } from '../../../src/core/result.ts';
import { readDocuments, type SourceDocument } from '../../../src/input/documents.ts';
import { type Fixed, fixFiles } from '../../../src/validation/fix.ts';

/** Documents with faults that have one right answer, and what becomes of them. */

/** `10.1.2.3/8` without its host bits. */
export function masked(cidr: string): string {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(bits / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;
}

const CIDR = /^\d+\.\d+\.\d+\.\d+\/\d+\s*$/;

/** A finding for each CIDR with host bits, and for each key in `keys`, in the fields that `wanted` says. */
export function findingsOf(
  document: SourceDocument,
  { keys = {}, wanted = () => true }: Wishes = {},
): readonly Finding[] {
  const found: Finding[] = [];
  const add = (path: FieldPath, at: 'key' | 'value', more: Pick<Finding, 'fix' | 'value'>) => {
    const place = document.place(path, at);
    const source = document.line(place.line!)!;
    const common = {
      rule: 'CAL0032',
      severity: 'error',
      message: 'is wrong',
      path,
      at,
      place,
      source,
    } as const;
    if (wanted(path)) found.push({ ...common, ...more });
  };
  const walk = (value: unknown, path: FieldPath) => {
    if (typeof value === 'string' && CIDR.test(value) && masked(value.trim()) !== value.trim())
      add(path, 'value', { value, fix: { value: masked(value.trim()) } });
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
    if (!isObject(value)) return;
    for (const [name, item] of Object.entries(value)) {
      if (keys[name] !== undefined) add([...path, name], 'key', { fix: { key: keys[name] } });
      walk(item, [...path, name]);
    }
  };
  walk(document.value, []);
  return found;
}

export interface Wishes {
  readonly keys?: Readonly<Record<string, string>>;
  readonly wanted?: (path: FieldPath) => boolean;
}

export async function findingsIn(
  folder: string,
  files: readonly string[],
  wishes?: Wishes,
): Promise<Finding[]> {
  const io = {
    out() {},
    err() {},
    stdin: async function* () {},
    env: {},
    cwd: folder,
    terminal: { out: false, err: false, in: false },
    signal: new AbortController().signal,
  };
  const found: Finding[] = [];
  for await (const document of readDocuments({ files, recursive: false, skipEmpty: true, io }))
    found.push(...findingsOf(document, wishes));
  return found;
}

export interface Place {
  readonly folder: string;
  write(name: string, content: string | Uint8Array): string;
  bytes(name: string): Buffer;
  remove(): void;
}

export function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-fix-'));
  return {
    folder,
    write(name, content) {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    bytes: (name) => readFileSync(join(folder, name)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Mends one file of this content; what it then holds, and what is said of it. */
export async function mend(
  content: string | Uint8Array,
  wishes?: Wishes,
): Promise<Fixed & { bytes: Buffer }> {
  const at = place();
  try {
    at.write('a.yaml', content);
    const fixed = await fixFiles(await findingsIn(at.folder, ['a.yaml'], wishes), at.folder);
    return { ...fixed, bytes: at.bytes('a.yaml') };
  } finally {
    at.remove();
  }
}
