import { readFile } from 'node:fs/promises';
import { delimiter, dirname, resolve } from 'node:path';
import type { Configuration } from '../../../config/configuration.ts';
import { MASK, maskValue } from '../../../config/mask.ts';
import { givenAs, settingError, settingValue } from '../../../config/setting.ts';
import { codeOf, reasonOf } from '../../../config/system.ts';
import { parseDocument } from '../../../config/yaml.ts';
import { formatValue } from '../../../core/errors.ts';
import {
  type Fields,
  fieldsIn,
  fieldsOf,
  givenFields,
  itemsIn,
  type KubeconfigSource,
  textIn,
} from './fields.ts';
import { fault, type Given } from './given.ts';

/** What one kubeconfig says, or several merged. Entries are only looked into when they are used. */
export interface Kubeconfig {
  readonly currentContext: Given | undefined;
  readonly contexts: ReadonlyMap<string, Fields>;
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
}

/**
 * Reads and merges the kubeconfigs that the settings name. A single file must exist; files of a list may be missing, but
 * not all of them. Undefined where none is named.
 */
export async function readKubeconfigs(configuration: Configuration): Promise<Kubeconfig | undefined> {
  const { kubeconfigInline, kubeconfigPaths } = configuration.kubernetes;
  if (kubeconfigInline !== undefined) {
    return parseKubeconfig({ file: 'kubeconfigInline', folder: configuration.cwd, text: kubeconfigInline });
  }
  if (kubeconfigPaths.length === 0) return undefined;
  refuseText(configuration);
  const isList = kubeconfigPaths.length > 1;
  const texts = await Promise.all(kubeconfigPaths.map((path) => readIfThere(configuration, path, isList)));
  const sources = texts.flatMap((text, at) => {
    const file = kubeconfigPaths[at]!;
    return text === undefined ? [] : [{ file, folder: dirname(file), text }];
  });
  const all = kubeconfigPaths.join(delimiter);
  if (sources.length === 0) throw unreadable(configuration, all, 'none of them exists');
  return mergeKubeconfigs(sources.map(parseKubeconfig));
}

/** The system's error for a path repeats it, and with it what is secret in the text of a kubeconfig. */
function refuseText({ settings }: Configuration): void {
  if (maskValue({}, settingValue(settings, 'kubeconfig')) !== MASK) return;
  const message = `${givenAs(settings, 'kubeconfig')} holds the text of a kubeconfig, but must be the path of its file`;
  throw settingError(settings, ['kubeconfig'], message, {
    hint: 'Write the text to a file, or give it as kubeconfigInline in a configuration file.',
  });
}

async function readIfThere(
  configuration: Configuration,
  path: string,
  mayBeMissing: boolean,
): Promise<string | undefined> {
  try {
    return (await readFile(resolve(configuration.cwd, path), 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    if (mayBeMissing && codeOf(cause) === 'ENOENT') return undefined;
    throw unreadable(configuration, path, reasonOf(cause), cause);
  }
}

function unreadable({ settings }: Configuration, path: string, reason: string, cause?: unknown) {
  const name = givenAs(settings, 'kubeconfig');
  const home = settings.get('kubeconfig')?.origin.from === 'default' ? '' : `${name}: `;
  const message = `${home}cannot read the kubeconfig ${path}: ${reason}`;
  return settingError(settings, ['kubeconfig'], message, cause === undefined ? {} : { cause });
}

/** One kubeconfig. As with kubectl, no two entries of it may have the same name. */
export function parseKubeconfig(source: KubeconfigSource): Kubeconfig {
  const fields = fieldsOf(source, parseDocument(source.text, source.file), '');
  checkHeader(fields);
  return {
    currentContext: textIn(fields, 'current-context'),
    contexts: entriesOf(fields, 'contexts', 'context'),
    clusters: entriesOf(fields, 'clusters', 'cluster'),
    users: entriesOf(fields, 'users', 'user'),
  };
}

/** The first file that has an entry gives all of it; nothing is mixed within an entry. So with the current context. */
export function mergeKubeconfigs(all: readonly Kubeconfig[]): Kubeconfig {
  return {
    currentContext: all.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    contexts: firstOfEach(all.map(({ contexts }) => contexts)),
    clusters: firstOfEach(all.map(({ clusters }) => clusters)),
    users: firstOfEach(all.map(({ users }) => users)),
  };
}

function firstOfEach(maps: readonly ReadonlyMap<string, Fields>[]): ReadonlyMap<string, Fields> {
  const [only] = maps;
  if (only !== undefined && maps.length === 1) return only;
  const merged = new Map<string, Fields>();
  for (const [name, entry] of maps.flatMap((map) => [...map])) {
    if (!merged.has(name)) merged.set(name, entry);
  }
  return merged;
}

function checkHeader(fields: Fields): void {
  for (const [name, wanted] of [
    ['apiVersion', 'v1'],
    ['kind', 'Config'],
  ] as const) {
    const given = textIn(fields, name);
    if (given === undefined || given.value === wanted) continue;
    const hint = 'KUBECONFIG names files in the form that kubectl uses; those of calicoctl are named by -c.';
    throw fault(given, `is ${formatValue(given.value)}, but that of a kubeconfig is ${wanted}`, { hint });
  }
}

function entriesOf(fields: Fields, list: string, field: string): Map<string, Fields> {
  const entries = new Map<string, Fields>();
  for (const item of itemsIn(fields, list)) {
    const entry = fieldsOf(fields.source, item, `an item of ${list}`);
    const name = textIn(entry, 'name')?.value ?? '';
    const label = `${field} ${JSON.stringify(name)}`;
    if (entries.has(name)) {
      const hint = 'Take one of them away, so that it is certain which is meant.';
      throw fault(givenFields({ ...entry, label }), 'is in the kubeconfig twice', { hint });
    }
    const found = fieldsIn(entry, field) ?? fieldsOf(fields.source, undefined, label);
    entries.set(name, { ...found, label });
  }
  return entries;
}
