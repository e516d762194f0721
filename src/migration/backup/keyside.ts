import { Buffer } from 'node:buffer';
import { CalicoctlError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import type { Datastore, Version } from '../../datastore/datastore.ts';
import type { RawEntries, RawEntry } from '../../datastore/raw.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { type Kind, type Ref, type Resource, refOf } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { contentOf, isPartial, over } from './content.ts';
import { canonicalJson, ENTRIES, type Found, type Item, idOf } from './item.ts';
import type { Record } from './read.ts';
import { kindsIn, type Side } from './side.ts';
import { inOrder } from './sorted.ts';

/** A datastore of keys and values: resources as such, and whatever else there is as it is. */
export function keySide(store: Datastore, raw: RawEntries): Side {
  const write = async (record: Record, found?: Found) => {
    const { key, value } = await stored(store, raw, record);
    await raw.put(key, value, found?.version);
  };
  return {
    oneMoment: true,
    isGiven: () => false,
    items: () => items(store, raw),
    create: (record) => write(record),
    change: write,
    async remove(found) {
      await raw.remove(await keyOf(raw, found), found.version);
    },
  };
}

/** Keys of these are in another order than their names. */
const OTHERWISE_ORDERED: ReadonlySet<string> = new Set(['IPAMBlock', 'BlockAffinity']);

async function* items(store: Datastore, raw: RawEntries): AsyncGenerator<Found> {
  const at = await raw.now();
  const kinds = await kindsIn(store);
  const strays: Found[] = [];
  for (const kind of kinds) {
    const found = ofKind(raw, kind, at, strays);
    yield* OTHERWISE_ORDERED.has(kind.kind) ? inOrder(found) : found;
  }
  yield* inOrder(others(raw, kinds, at, strays));
}

async function* ofKind(raw: RawEntries, kind: Kind, at: Version, strays: Found[]): AsyncGenerator<Found> {
  for await (const entries of raw.ofKind(kind, at)) {
    for (const entry of entries) {
      const item = itemOf(raw, kind, entry);
      if (item.section === ENTRIES) strays.push(item);
      else yield item;
    }
  }
}

async function* others(
  raw: RawEntries,
  kinds: readonly Kind[],
  at: Version,
  strays: readonly Found[],
): AsyncGenerator<Found> {
  yield* strays;
  for await (const entries of raw.others(kinds, at)) yield* entries.map(asEntry);
}

function itemOf(raw: RawEntries, kind: Kind, entry: RawEntry): Found {
  const { key, value, version, resource } = entry;
  if (resource === undefined || typeof value !== 'string') return asEntry(entry);
  const ref = refOf(kind, resource);
  // Whatever a resource of the future may have beside its spec: here that word is ours.
  if (raw.keyOf(ref) !== key || 'stored' in resource) return asEntry(entry);
  const content = contentOf(resource);
  // Where the resource does not say all that is stored, the text as it is stands beside it.
  const isAll = isPartial(kind) || isSame(raw.encode(kind, content), value);
  const line = canonicalJson(isAll ? content : { ...content, stored: value });
  return { section: kind.kind, id: idOf(ref), line, version };
}

function isSame(text: string, stored: string): boolean {
  return text === stored || canonicalJson(parseJson(text)) === canonicalJson(parseJson(stored));
}

function asEntry({ key, value, version }: RawEntry): Found {
  const what =
    typeof value === 'string' ? { text: value } : { base64: Buffer.from(value).toString('base64') };
  return { section: ENTRIES, id: key, line: canonicalJson({ key, ...what }), version };
}

/** What a record stands for in the datastore. */
async function stored(
  store: Datastore,
  raw: RawEntries,
  record: Record,
): Promise<{ readonly key: string; readonly value: string | Uint8Array }> {
  const key = await keyOf(raw, record);
  const { text, base64, stored: exact, ...resource } = record.value;
  if (record.section === ENTRIES) {
    if (typeof text === 'string') return { key, value: text };
    if (typeof base64 === 'string') return { key, value: Buffer.from(base64, 'base64') };
    throw new CalicoctlError(
      'input',
      `line ${record.number} of the backup does not say what is stored under ${key}`,
    );
  }
  if (typeof exact === 'string') return { key, value: exact };
  const kind = await kindOf(record.section);
  const content = resource as unknown as Resource;
  const current = isPartial(kind) ? await unlessNotFound(store.get(refOf(kind, content))) : undefined;
  return { key, value: raw.encode(kind, current === undefined ? content : over(content, current)) };
}

async function keyOf(raw: RawEntries, item: Item): Promise<string> {
  return item.section === ENTRIES ? item.id : raw.keyOf(await refIn(item));
}

/** What an item's section and id name; the namespace is what stands before the first slash. */
export async function refIn({ section, id }: Pick<Item, 'section' | 'id'>): Promise<Ref> {
  const kind = await kindOf(section);
  if (kind.scope === 'cluster') return { kind, name: id };
  const slash = id.indexOf('/');
  return { kind, namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}
