import type { Fault, Kind, Metadata, Resource, Rule } from './kind.ts';
import { METADATA } from './structure.ts';

/** Rules for names, labels and annotations. Lengths are of ASCII text, so characters are bytes. */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const MAX_NAME = 253;
const MAX_LABEL = 63;
const MAX_ANNOTATIONS = 262_144;

/** True for lower-case words of letters, digits and inner dashes, joined by dots; any length. */
export function isSubdomain(name: string): boolean {
  return SUBDOMAIN.test(name);
}

/** What is wrong with the key of a label or an annotation: `[prefix/]name`. Undefined where nothing is. */
export function qualifiedNameFault(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = key.slice(0, Math.max(slash, 0));
  const name = key.slice(slash + 1);
  if (slash >= 0 && (prefix === '' || name.includes('/')))
    return 'is not a qualified name: it may have one prefix before one "/"';
  if (slash >= 0 && (prefix.length > MAX_NAME || !isSubdomain(prefix)))
    return `has a prefix that is not a DNS name of at most ${MAX_NAME} lower-case characters`;
  if (name.length > MAX_LABEL || !QUALIFIED_PART.test(name))
    return `is not a qualified name: after the prefix come at most ${MAX_LABEL} letters, digits, "-", "_" or ".", beginning and ending with a letter or digit`;
  return undefined;
}

/** What is wrong with the value of a label. Undefined where nothing is. */
export function labelValueFault(value: string): string | undefined {
  return value === '' || (value.length <= MAX_LABEL && QUALIFIED_PART.test(value))
    ? undefined
    : `is not a label value: at most ${MAX_LABEL} letters, digits, "-", "_" or ".", beginning and ending with a letter or digit`;
}

/** Faults of labels that stand at `path`. */
export function* labelFaults(labels: Readonly<Record<string, string>>, path: Fault['path']): Iterable<Fault> {
  for (const [key, value] of Object.entries(labels)) {
    const badKey = qualifiedNameFault(key);
    if (badKey !== undefined)
      yield { rule: METADATA.labelKey.id, path: [...path, key], value: key, message: badKey, at: 'key' };
    const badValue = labelValueFault(value);
    if (badValue !== undefined)
      yield { rule: METADATA.labelValue.id, path: [...path, key], value, message: badValue };
  }
}

/** Faults of annotations that stand at `path`. Their keys may have upper-case letters, even in the prefix. */
export function* annotationFaults(
  annotations: Readonly<Record<string, string>>,
  path: Fault['path'],
): Iterable<Fault> {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const message = qualifiedNameFault(key.toLowerCase());
    if (message !== undefined)
      yield { rule: METADATA.annotationKey.id, path: [...path, key], value: key, message, at: 'key' };
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > MAX_ANNOTATIONS)
    yield {
      rule: METADATA.annotationSize.id,
      path,
      message: `are ${size} bytes with their keys; no more than ${MAX_ANNOTATIONS} are allowed`,
    };
}

/** Faults of a name, an absent one included, as every kind demands it; kinds that demand more have a rule for it. */
export function* nameFaults(name: string): Iterable<Fault> {
  const path = ['metadata', 'name'];
  const rule = METADATA.name.id;
  if (name === '') {
    yield { rule: METADATA.nameRequired.id, path, message: 'is required: a resource needs a name' };
  } else if (name.length > MAX_NAME) {
    const message = `is not a valid name: it is longer than ${MAX_NAME} characters`;
    yield { rule, path, value: name, message };
  } else if (!isSubdomain(name)) {
    yield {
      rule,
      path,
      value: name,
      message:
        'is not a valid name: use lower-case letters, digits, "-" and ".", every part between dots beginning and ending with a letter or digit',
    };
  }
}

/** Faults of the metadata that no kind accepts. Names of internal kinds are made by IPAM and not looked at. */
export function* metadataFaults(kind: Pick<Kind, 'internal'>, metadata: Metadata): Iterable<Fault> {
  if (!kind.internal) yield* nameFaults(metadata.name);
  yield* labelFaults(metadata.labels ?? {}, ['metadata', 'labels']);
  yield* annotationFaults(metadata.annotations ?? {}, ['metadata', 'annotations']);
}

function nameRule(
  id: string,
  doc: string,
  accepts: (name: string) => boolean,
  message: string,
): Rule<unknown> {
  return {
    id,
    doc,
    *check({ metadata: { name } }: Resource<unknown>) {
      if (isSubdomain(name) && !accepts(name)) yield { path: ['metadata', 'name'], value: name, message };
    },
  };
}

function isTieredName(name: string): boolean {
  return name.split('.').length <= 2;
}

/** Names that policies of Kubernetes and of OpenStack had in older versions. */
const CONVERTED_NAME = /^(knp|ossg)\.default\../;

/** `name` or `tier.name`. */
export const globalPolicyName = nameRule(
  'CAL1100',
  'The name of a global policy has at most one dot.',
  isTieredName,
  'is not a valid policy name: use "name" or "tier.name", with no further dots',
);

/** `name`, `tier.name`, or what older versions called policies converted from Kubernetes or OpenStack. */
export const namespacedPolicyName = nameRule(
  'CAL1101',
  'The name of a namespaced policy has at most one dot, or begins with knp.default. or ossg.default.',
  (name) => isTieredName(name) || CONVERTED_NAME.test(name),
  'is not a valid policy name: use "name" or "tier.name", with no further dots',
);

/** One word without dots, so that `tier.name` reads one way only. */
export const tierName = nameRule(
  'CAL1321',
  `The name of a tier has no dots and at most ${MAX_LABEL} characters.`,
  (name) => LABEL.test(name) && name.length <= MAX_LABEL,
  `is not a valid tier name: use at most ${MAX_LABEL} lower-case letters, digits and "-", no dots`,
);
