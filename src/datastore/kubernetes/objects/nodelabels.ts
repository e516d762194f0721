import { CalicoctlError } from '../../../core/errors.ts';
import { isObject, parseJson, stringifyJson } from '../../../core/json.ts';
import { formatRef, type Metadata, type Ref } from '../../../resources/kind.ts';
import type { KubeObject } from '../api/api.ts';

/**
 * Labels and annotations of Calico's nodes. Calico's own lie as JSON in annotations of the Kubernetes node, whose labels
 * are shown over them. Which those are is noted in an annotation of what is shown, so that they are known again in what
 * is written.
 */

const OWN_LABELS = 'projectcalico.org/labels';
const OWN_ANNOTATIONS = 'projectcalico.org/annotations';
const KUBE_LABELS = 'projectcalico.org/kube-labels';

/** The annotations of a Kubernetes node that hold Calico's labels and annotations. */
export const METADATA_ANNOTATIONS: readonly string[] = [OWN_LABELS, OWN_ANNOTATIONS];

type Texts = Readonly<Record<string, string>>;

/** Labels and annotations as shown. */
export function shownMetadata({ metadata }: KubeObject): Pick<Metadata, 'labels' | 'annotations'> {
  const { labels = {}, annotations = {} } = metadata;
  const note = Object.keys(labels).length === 0 ? 'null' : stringifyJson(sorted(labels));
  return {
    labels: { ...textsIn(annotations[OWN_LABELS]), ...labels },
    annotations: { ...textsIn(annotations[OWN_ANNOTATIONS]), [KUBE_LABELS]: note },
  };
}

/** What has to be done to the annotations of a node so that it has the labels and annotations of a resource. */
export function metadataChanges(
  { metadata: { annotations = {} } }: KubeObject,
  { labels = {}, annotations: wanted = {} }: Metadata,
): Record<string, string | undefined> {
  const { [KUBE_LABELS]: note, ...own } = wanted;
  const inherited = textsIn(note);
  const stored = textsIn(annotations[OWN_LABELS]);
  return {
    ...change(OWN_LABELS, without(stored, inherited), without(labels, inherited)),
    ...change(OWN_ANNOTATIONS, textsIn(annotations[OWN_ANNOTATIONS]), own),
  };
}

/**
 * Refuses what was read here and then had a label of the Kubernetes node changed or taken away: that cannot be stored.
 * A manifest that repeats such labels with other values is another matter; there Calico keeps its own beneath them.
 */
export function refuseChangedKubeLabels(ref: Ref, { labels = {}, annotations = {} }: Metadata): void {
  const inherited = textsIn(annotations[KUBE_LABELS]);
  const key = Object.keys(inherited).find((label) => labels[label] !== inherited[label]);
  if (key === undefined) return;
  const resource = formatRef(ref);
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const change = value === undefined ? `${key}-` : `${key}=${value} --overwrite`;
  throw new CalicoctlError(
    'not-supported',
    `${resource}: the label ${key} is one of the Kubernetes node and cannot be ${value === undefined ? 'removed' : 'changed'} here`,
    { resource, hint: `Use \`kubectl label node ${ref.name} ${change}\`.` },
  );
}

function change(annotation: string, before: Texts, after: Texts): Record<string, string | undefined> {
  const text = stringifyJson(sorted(after));
  if (text === stringifyJson(sorted(before))) return {};
  return { [annotation]: text === '{}' ? undefined : text };
}

/** A JSON object of texts; nothing where there is none or it is spoilt. */
function textsIn(json: string | undefined): Texts {
  let value: unknown;
  try {
    value = parseJson(json || '{}');
  } catch {
    return {};
  }
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function without(texts: Texts, keys: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !Object.hasOwn(keys, key)));
}

function sorted(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
