import { CalicoctlError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Meant, wordMeant } from './fixes.ts';
import { KINDS } from './index.ts';
import { API_VERSION, type Kind } from './kind.ts';
import { READING } from './structure.ts';

/** What is known of a kind before its file is loaded. */
export interface KindEntry {
  readonly kind: string;
  readonly plural: string;
  readonly aliases: readonly string[];
  readonly internal: boolean;
  readonly load: () => Promise<{ readonly default: Kind }>;
}

const byKind = new Map(KINDS.map((entry) => [entry.kind, entry]));
let names: ReadonlyMap<string, KindEntry> | undefined;

/** Made when a command names a kind: manifests do not need it. */
function byName(): ReadonlyMap<string, KindEntry> {
  names ??= new Map(
    KINDS.filter((entry) => !entry.internal).flatMap((entry) =>
      [entry.kind.toLowerCase(), entry.plural, ...entry.aliases].map((name) => [name, entry] as const),
    ),
  );
  return names;
}

const loaded = new Map<string, Promise<Kind>>();

async function load(entry: KindEntry): Promise<Kind> {
  let kind = loaded.get(entry.kind);
  if (kind === undefined) {
    kind = entry.load().then((module) => module.default);
    loaded.set(entry.kind, kind);
  }
  return kind;
}

/** The kind that a word on the command line means: kind, plural or alias in any letter case. */
export async function kindNamed(word: string): Promise<Kind> {
  const entry = byName().get(word.toLowerCase());
  if (entry !== undefined) return load(entry);
  throw new CalicoctlError(
    'usage',
    `resource type '${word}' is not supported${didYouMean(word, byName().keys())}`,
    {
      hint: 'Run `calicoctl api-resources` for the kinds, or give one kind per command.',
    },
  );
}

/** The kind of this exact spelling, internal ones included. */
export async function kindOf(kind: string): Promise<Kind> {
  const entry = byKind.get(kind);
  if (entry === undefined) throw new Error(`no kind ${kind}`);
  return load(entry);
}

/** Why a manifest's kind is none, and which of the two fields says so. */
export interface KindFault extends Meant {
  readonly rule: string;
  readonly field: 'kind' | 'apiVersion';
  readonly reason: string;
}

/** The kind that a manifest names by `kind` and `apiVersion`, and whether it is a list; a reason where there is none. */
export async function kindInManifest(
  kind: string,
  apiVersion: string,
): Promise<{ kind: Kind; list: boolean } | KindFault> {
  const list = kind.endsWith('List') && byKind.has(kind.slice(0, -4));
  const entry = byKind.get(list ? kind.slice(0, -4) : kind);
  if (entry !== undefined && !entry.internal && apiVersion === API_VERSION) {
    const found = await load(entry);
    if (found.madeOf === undefined) return { kind: found, list };
    return { rule: READING.readOnly.id, field: 'kind', reason: readOnly(found) };
  }
  return {
    rule: READING.kind.id,
    field: entry !== undefined && apiVersion !== API_VERSION ? 'apiVersion' : 'kind',
    ...meant(kind, apiVersion, entry),
    reason: `unknown resource type (${kind}) and/or version (${apiVersion})${advice(kind, apiVersion, entry)}`,
  };
}

function readOnly({ kind, madeOf }: Kind): string {
  return `${kind} cannot be written: it shows how Calico sees a ${madeOf}; write that, with kubectl`;
}

/** What the API server of Kubernetes calls Calico's objects where it keeps them without an API server of Calico's own. */
const STORED_AS = 'crd.projectcalico.org/v1';

function meant(kind: string, apiVersion: string, entry: KindEntry | undefined): Meant {
  if (apiVersion === API_VERSION) return wordMeant(kind, manifestKinds());
  if (apiVersion === STORED_AS && entry?.internal === false) return { fix: { value: API_VERSION } };
  return wordMeant(apiVersion, [API_VERSION]);
}

function advice(kind: string, apiVersion: string, entry: KindEntry | undefined): string {
  if (apiVersion === STORED_AS && entry?.internal === false)
    return `: ${STORED_AS} is the form in which Kubernetes keeps objects of Calico; manifests have ${API_VERSION}`;
  if (entry !== undefined) return `: for ${kind} the apiVersion is ${API_VERSION}, not "${apiVersion}"`;
  return didYouMean(kind, manifestKinds());
}

function manifestKinds(): readonly string[] {
  return [...byKind.values()].filter((known) => !known.internal).map((known) => known.kind);
}

/** Every kind's entry, in alphabetical order. */
export function allKinds(): readonly KindEntry[] {
  return KINDS;
}
