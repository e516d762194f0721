import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  CalicoctlError,
  type FieldPath,
  formatPath,
  formatPlace,
  formatValue,
  type Problem,
} from '../core/errors.ts';
import { nearest } from '../core/suggest.ts';
import { maskValue } from './mask.ts';
import { problemsError, type Setting } from './setting.ts';
import { SETTINGS, type SettingDefinition, type SettingName, type SettingValue } from './settings.ts';
import { reasonOf } from './system.ts';
import type { Parsed } from './values.ts';
import { documentsIn, type MappingNode, type Node, parseDocument, placeAt, type ScalarNode } from './yaml.ts';

const API_VERSION = 'projectcalico.org/v3';
const KIND = 'CalicoAPIConfig';
const TOP = ['apiVersion', 'kind', 'metadata', 'spec'];
const METADATA = [
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];
const DEFINITIONS: readonly SettingDefinition[] = SETTINGS.filter(({ scope }) => scope === 'connection');
const SPEC = DEFINITIONS.map(({ field }) => field);

/** What a configuration file says. */
export interface FileSettings {
  readonly settings: Map<SettingName, Setting>;
  /** What the user may want to know about the file though it can be used. */
  readonly notes: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly value: Node;
}

interface Reader {
  readonly file: string;
  readonly source: string;
  readonly problems: Problem[];
}

/** Reads a configuration file; every fault in it is named with its line and column in one error. */
export async function readConfigurationFile(file: string, cwd: string): Promise<FileSettings> {
  const source = await readText(file, cwd);
  const root = parseDocument(source, file);
  if (root === undefined)
    throw new CalicoctlError('configuration', `the configuration file ${file} is empty`);
  if (root.kind !== 'mapping') {
    const message = `the configuration file ${file} does not hold a mapping of names to values`;
    throw new CalicoctlError('configuration', message);
  }
  const reader: Reader = { file, source, problems: [] };
  const top = entriesOf(reader, root, [], TOP);
  checkHeader(reader, root, top);
  entriesOf(reader, top.get('metadata')?.value, ['metadata'], METADATA);
  const settings = readSpec(reader, top.get('spec')?.value);
  if (reader.problems.length > 0) {
    throw problemsError(`the configuration file ${file} cannot be used:`, reader.problems.sort(byPlace));
  }
  const notes =
    documentsIn(source) > 1 ? [`${file} holds several documents; only the first one is read.`] : [];
  return { settings, notes };
}

async function readText(file: string, cwd: string): Promise<string> {
  try {
    const text = await readFile(resolve(cwd, file), 'utf8');
    return text.replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new CalicoctlError(
      'configuration',
      `cannot read the configuration file ${file}: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

function fault(reader: Reader, offset: number, path: FieldPath, message: string): void {
  reader.problems.push({ path, message, place: placeAt(reader.source, offset, reader.file) });
}

function byPlace({ place: a }: Problem, { place: b }: Problem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function checkHeader(reader: Reader, root: Node, top: ReadonlyMap<string, Entry>): void {
  for (const [name, wanted] of [
    ['apiVersion', API_VERSION],
    ['kind', KIND],
  ] as const) {
    const entry = top.get(name);
    const given = entry?.value.kind === 'scalar' ? entry.value.text : undefined;
    if (given === wanted) continue;
    const what = given ? `is ${formatValue(given)} but must be` : 'is missing or empty; it must be';
    fault(reader, entry?.offset ?? root.offset, [name], `${what} ${wanted}`);
  }
}

/** The known keys of a mapping; unknown and repeated ones are noted as faults. Key names match in any case, as in Go. */
function entriesOf(
  reader: Reader,
  node: Node | undefined,
  path: FieldPath,
  known: readonly string[],
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return entries;
  if (node.kind !== 'mapping') {
    fault(reader, node.offset, path, 'must be a mapping of names to values');
    return entries;
  }
  const byLowerCase = new Map(known.map((name) => [name.toLowerCase(), name]));
  for (const { name: key, offset, value } of pairsOf(reader, node)) {
    const name = byLowerCase.get(key.toLowerCase());
    const earlier = name === undefined ? undefined : entries.get(name);
    if (name === undefined) fault(reader, offset, [...path, shownKey(key)], unknownKey(path, key, known));
    else if (earlier)
      fault(reader, offset, [...path, name], `is given twice; first at ${at(reader, earlier)}`);
    else entries.set(name, { name, offset, value });
  }
  return entries;
}

function pairsOf(reader: Reader, node: MappingNode): Entry[] {
  return node.pairs.flatMap(([key, value]) => {
    if (key.kind === 'scalar') return [{ name: key.text, offset: key.offset, value }];
    fault(reader, key.offset, [], 'a key must be text');
    return [];
  });
}

/** The value belongs to the key where the blank after the colon was forgotten, and may be a secret. */
function shownKey(key: string): string {
  const name = key.split(/[:=\s]/, 1)[0]!;
  return name === key && key.length <= 60 ? key : `${name.slice(0, 60)}...`;
}

function at(reader: Reader, { offset }: Entry): string {
  return formatPlace(placeAt(reader.source, offset, reader.file));
}

function unknownKey(path: FieldPath, key: string, known: readonly string[]): string {
  const forgotten = /^([^:=\s]+)[:=]/.exec(key)?.[1];
  if (forgotten !== undefined) return `is not known; is the blank after ${forgotten}: missing?`;
  // The name of the variable is an easy guess at the name of the field.
  const word = key.replace(/[_-]/g, '');
  const meant = nearest(word, known);
  if (meant !== undefined) return `is not known; did you mean ${formatPath([...path, meant])}?`;
  const setting = path.length === 0 ? nearest(word, SPEC) : undefined;
  return setting === undefined ? 'is not known' : `is not known here; did you mean spec.${setting}?`;
}

function readSpec(reader: Reader, node: Node | undefined): Map<SettingName, Setting> {
  const settings = new Map<SettingName, Setting>();
  const entries = entriesOf(reader, node, ['spec'], SPEC);
  for (const definition of DEFINITIONS) {
    const entry = entries.get(definition.field);
    if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) continue;
    const parsed = readValue(definition, entry.value);
    if ('fault' in parsed) {
      fault(reader, entry.offset, ['spec', definition.field], parsed.fault);
      continue;
    }
    const place = placeAt(reader.source, entry.offset, reader.file);
    const name = `${definition.field} (${formatPlace(place)})`;
    settings.set(definition.field as SettingName, {
      value: parsed.value,
      origin: { from: 'file', name, place },
    });
  }
  return settings;
}

function readValue(definition: SettingDefinition, node: Node): Parsed<SettingValue> {
  const isText = definition.type === 'text' || definition.type === 'path';
  const wanted = isText
    ? 'text'
    : definition.type === 'boolean'
      ? 'true or false'
      : `a plain ${definition.type}`;
  if (node.kind !== 'scalar') return { fault: `must be ${wanted}, not a ${node.kind}` };
  if (isText) return { value: node.text };
  const { value } = node;
  const fits =
    definition.type === 'boolean'
      ? typeof value === 'boolean'
      : Number.isFinite(value) && (definition.type !== 'integer' || Number.isSafeInteger(value));
  return fits ? { value: value as number | boolean } : { fault: misfit(definition, node, wanted) };
}

function misfit(definition: SettingDefinition, { text, isQuoted }: ScalarNode, wanted: string): string {
  const quoted = isQuoted ? ', and without quotes' : '';
  return `is ${formatValue(maskValue(definition, text))} but must be ${wanted}${quoted}`;
}
