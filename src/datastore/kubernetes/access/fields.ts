import { resolve } from 'node:path';
import { type Node, placeAt } from '../../../config/yaml.ts';
import { CalicoctlError, type Place } from '../../../core/errors.ts';
import { fault, type Given } from './given.ts';

/** A kubeconfig's text and where it is from. */
export interface KubeconfigSource {
  /** Its path, or another name, for errors. */
  readonly file: string;
  /** What relative paths in it start from. */
  readonly folder: string;
  readonly text: string;
}

/** A mapping in a kubeconfig. Names that are not known are let pass, as kubectl does. */
export interface Fields {
  readonly source: KubeconfigSource;
  /** `cluster "prod"`; empty for the whole document. */
  readonly label: string;
  readonly place: Place;
  readonly values: ReadonlyMap<string, Node>;
}

/** The fields of a mapping; none where there is nothing. */
export function fieldsOf(source: KubeconfigSource, node: Node | undefined, label: string): Fields {
  const place = placeAt(source.text, node?.offset ?? 0, source.file);
  if (node !== undefined && !isNull(node) && node.kind !== 'mapping') {
    throw wrong(label || 'the kubeconfig', place, `must be a mapping of names to values, not a ${node.kind}`);
  }
  return { source, label, place, values: new Map(pairsOf(node)) };
}

/** The pairs of a mapping, those that `<<` takes from elsewhere first, so that its own come after them. */
function pairsOf(node: Node | undefined): (readonly [string, Node])[] {
  if (node?.kind !== 'mapping') return [];
  const isMerge = (key: Node) => key.kind === 'scalar' && key.text === '<<' && !key.isQuoted;
  const merged = node.pairs
    .filter(([key]) => isMerge(key))
    .flatMap(([, value]) => (value.kind === 'list' ? value.items.toReversed() : [value]));
  const own = node.pairs.flatMap(([key, value]) =>
    key.kind === 'scalar' && !isMerge(key) ? [[key.text, value] as const] : [],
  );
  return [...merged.flatMap(pairsOf), ...own];
}

/** The text of a field; undefined where it is not there or empty. */
export function textIn(fields: Fields, name: string): Given | undefined {
  const node = fields.values.get(name);
  if (node === undefined || isNull(node)) return undefined;
  const { name: known, place } = nameOf(fields, name, node);
  if (node.kind !== 'scalar') throw wrong(known, place, `must be text, not a ${node.kind}`);
  return node.text === '' ? undefined : { value: node.text, name: known, place };
}

/** A field that names a file, as an absolute path which is part of the name. */
export function pathIn(fields: Fields, name: string): Given | undefined {
  const given = textIn(fields, name);
  return given && pathOf(given, fields.source.folder);
}

/** A path made absolute and visible. */
export function pathOf(given: Given, folder: string): Given {
  const value = resolve(folder, given.value);
  return { ...given, value, name: `${given.name} ${value}` };
}

export function flagIn(fields: Fields, name: string): Given<boolean> | undefined {
  const node = fields.values.get(name);
  if (node === undefined || isNull(node)) return undefined;
  const given = nameOf(fields, name, node);
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return { ...given, value: node.value };
  throw fault(given, 'must be true or false');
}

/** The items of a list; none where it is not there. */
export function itemsIn(fields: Fields, name: string): readonly Node[] {
  const node = fields.values.get(name);
  if (node === undefined || isNull(node)) return [];
  if (node.kind === 'list') return node.items;
  throw fault(nameOf(fields, name, node), `must be a list, not a ${node.kind}`);
}

export function textsIn(fields: Fields, name: string): readonly string[] {
  return itemsIn(fields, name).map((item) => {
    if (item.kind === 'scalar') return item.text;
    throw fault(nameOf(fields, name, item), `must be a list of text; one item is a ${item.kind}`);
  });
}

/** A mapping in a field; undefined where it is not there. */
export function fieldsIn(fields: Fields, name: string): Fields | undefined {
  const node = fields.values.get(name);
  if (node === undefined || isNull(node)) return undefined;
  return fieldsOf(fields.source, node, nameOf(fields, name, node).name);
}

/** A value as JSON has it. */
export function plainValue(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(
    node.pairs.map(([key, value]) => [key.kind === 'scalar' ? key.text : '', plainValue(value)]),
  );
}

/** Fields as something that errors can be about. */
export function givenFields({ label, place }: Fields): Given<undefined> {
  return { value: undefined, name: label, place };
}

function nameOf({ source, label }: Fields, name: string, node: Node): { name: string; place: Place } {
  const place = placeAt(source.text, node.offset, source.file);
  return { name: label === '' ? name : `${label}: ${name}`, place };
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function wrong(name: string, place: Place, message: string): CalicoctlError {
  return new CalicoctlError('configuration', `${name} ${message}`, { place });
}
