import { isObject, type Json, parseJson, stringifyJson } from '../../../core/json.ts';
import type { Metadata, Resource } from '../../../resources/kind.ts';
import { TIERED_KINDS } from '../../../resources/parts/tiers.ts';
import { type Owner, otherOwners, ownersInNote, ownersOf, ownersToNote } from './owners.ts';

/**
 * Where `crd.projectcalico.org/v1` keeps what users see as metadata: a note, which is JSON in an annotation of the
 * custom resource. Labels, annotations, owners and finalizers that others (kubectl, operators) gave the custom resource
 * itself are seen too, and stay where they are.
 */
export const NOTE = 'projectcalico.org/metadata';

type Texts = Readonly<Record<string, string>>;
type Note = Readonly<Record<string, unknown>>;

/** Policies of tiers have a name of their own, apart from that of the custom resource. */
const TIERED: ReadonlySet<string> = new Set(TIERED_KINDS);

/** Keys of Calico's own are kept in both places, so that the API server can select by them. */
function isOwn(key: string): boolean {
  return key.includes('projectcalico.org/') || key.includes('operator.tigera.io/');
}

/** The note of a custom resource; undefined where it has none. Throws SyntaxError for what is no JSON object. */
export function noteOf({ annotations }: Metadata): Note | undefined {
  const text = annotations?.[NOTE];
  if (text === undefined) return undefined;
  const note: Json = parseJson(text);
  if (!isObject(note)) throw new SyntaxError(`the annotation ${NOTE} is not a JSON object`);
  return note;
}

/** The metadata that users see, but for the uid. `spec` is that of the object: names of old policies depend on it. */
export function shownMetadata(kind: string, stored: Metadata, spec: unknown): Metadata {
  const note = noteOf(stored);
  if (note === undefined) return stored;
  const { managedFields: _, generation: __, selfLink: ___, ...noted } = note;
  const { [NOTE]: ____, ...annotations } = stored.annotations ?? {};
  return defined({
    ...noted,
    name: typeof note['name'] === 'string' && note['name'] !== '' ? note['name'] : nameOf(kind, stored, spec),
    namespace: stored.namespace,
    resourceVersion: stored.resourceVersion,
    creationTimestamp: note['creationTimestamp'] ?? stored.creationTimestamp,
    deletionTimestamp: stored['deletionTimestamp'],
    deletionGracePeriodSeconds: stored['deletionGracePeriodSeconds'],
    labels: merged(stored.labels, note['labels']),
    annotations: merged(annotations, note['annotations']),
    ownerReferences: nonEmpty([...ownersInNote(note['ownerReferences']), ...otherOwners(stored, note)]),
    finalizers: nonEmpty([...new Set([...listOf(note['finalizers']), ...listOf(stored['finalizers'])])]),
  });
}

/** Old releases stored policies of the default tier as `default.NAME` and showed them as NAME. */
function nameOf(kind: string, { name }: Metadata, spec: unknown): string {
  const tier = (isObject(spec) && spec['tier']) || 'default';
  const isPrefixed = TIERED.has(kind) && tier === 'default' && name.startsWith('default.');
  return isPrefixed ? name.slice('default.'.length) : name;
}

/**
 * The metadata of the custom resource for what users are to see, but for name, namespace and version. `current` is what
 * it has now, where somebody else may have given it something. Fields that the API server keeps are left to it.
 */
export function storedMetadata(
  { kind, metadata }: Pick<Resource, 'kind' | 'metadata'>,
  current: Metadata | undefined,
): Partial<Metadata> {
  const { name, namespace: _, uid: __, resourceVersion: ___, ...rest } = metadata;
  const { labels, annotations, ownerReferences, finalizers, ...others } = withoutServersOwn(rest);
  const before = current && noteOf(current);
  const note = before ?? {};
  const { [NOTE]: ____, ...native } = current?.annotations ?? {};
  const labelled = split(labels as Texts | undefined, current?.labels, note['labels']);
  const annotated = split(annotations as Texts | undefined, native, note['annotations']);
  const owned = ownersOf((ownerReferences ?? []) as readonly Owner[], current, before !== undefined);
  const [stay, noted] = parted(listOf(finalizers), listOf(current?.['finalizers']));
  const next = defined({
    ...(TIERED.has(kind) ? { name } : {}),
    ...others,
    labels: nonEmpty(labelled.noted),
    annotations: nonEmpty(annotated.noted),
    ownerReferences: nonEmpty(ownersToNote(owned.noted)),
    finalizers: nonEmpty(noted),
  });
  return defined({
    labels: nonEmpty(labelled.native),
    annotations: { ...annotated.native, [NOTE]: stringifyJson(inOrder(next)) },
    ownerReferences: nonEmpty(owned.native),
    finalizers: nonEmpty(stay),
  });
}

function withoutServersOwn(metadata: Note): Note {
  const {
    selfLink: _,
    generation: __,
    managedFields: ___,
    deletionTimestamp: ____,
    deletionGracePeriodSeconds: _____,
    ...rest
  } = metadata;
  return rest;
}

const FIRST = [
  'name',
  'generateName',
  'creationTimestamp',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
];

/** Fields as Go writes them; those that we do not know come last. */
function inOrder(note: Note): Note {
  const known = FIRST.flatMap((key) => (key in note ? [[key, note[key]] as const] : []));
  return { ...Object.fromEntries(known), ...note };
}

/** Texts that stand on the custom resource already stay there; others go into the note, Calico's own into both. */
function split(shown: Texts = {}, native: Texts = {}, noted: unknown = {}) {
  const inNote = isObject(noted) ? noted : {};
  const entries = Object.entries(shown);
  return {
    native: Object.fromEntries(entries.filter(([key]) => isOwn(key) || Object.hasOwn(native, key))),
    noted: Object.fromEntries(
      entries.filter(([key]) => isOwn(key) || !Object.hasOwn(native, key) || Object.hasOwn(inNote, key)),
    ),
  };
}

/** Those of the items that are among `others`, and the rest. */
function parted(items: readonly unknown[], others: readonly unknown[]) {
  return [
    items.filter((item) => others.includes(item)),
    items.filter((item) => !others.includes(item)),
  ] as const;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function merged(below: Texts | undefined, above: unknown): Texts | undefined {
  return nonEmpty({ ...below, ...(isObject(above) ? (above as Texts) : {}) });
}

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}

function defined(fields: Record<string, unknown>): Metadata {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Metadata;
}

/** True where nobody but Calico gave the custom resource anything, so that it can be written without a look at it. */
export function isCalicosAlone({ labels = {}, annotations = {}, ...metadata }: Metadata): boolean {
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  return keys.every(isOwn) && !metadata['finalizers'] && !metadata['ownerReferences'];
}
