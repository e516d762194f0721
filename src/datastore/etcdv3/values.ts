import { CalicoctlError, formatProblem } from '../../core/errors.ts';
import { isObject, parseJson, stringifyJson } from '../../core/json.ts';
import { canonical, decodeStored } from '../../resources/document.ts';
import { API_VERSION, type Kind, type Metadata, type Resource } from '../../resources/kind.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { placeOf } from './keys.ts';

/** What is stored under a key, and the resource it stands for. */

/** Policies of tiers remember under which name they were made; the key cannot tell for old data. */
const NAME_ANNOTATION = 'projectcalico.org/metadata';
const TIERED: ReadonlySet<string> = new Set(TIERED_KINDS);
const IPAM = new Set(['IPAMBlock', 'IPAMConfig', 'IPAMHandle', 'IPAMHost', 'BlockAffinity']);

/** What is left out where it is false, 0 or empty; of fields that only others know nothing is. */
const SETTINGS = new Set([
  ...['strict_affinity', 'auto_allocate_blocks', 'maxBlocksPerHost'],
  ...['kubeVirtVMAddressPersistence', 'ipCooldownSeconds'],
]);

/** The JSON text to store. */
export function encodeValue(kind: Kind, resource: Resource): string {
  if (IPAM.has(kind.kind)) return stringifyJson(ipamValue(kind, resource));
  const { resourceVersion: _, selfLink: __, ...metadata } = resource.metadata as Metadata;
  const named = TIERED.has(kind.kind) ? withNameAnnotation(metadata) : metadata;
  const stored = { ...resource, kind: kind.kind, apiVersion: API_VERSION, metadata: named };
  return stringifyJson(canonical(kind, stored as Resource));
}

function withNameAnnotation(metadata: Readonly<Record<string, unknown>>): object {
  const annotations = {
    ...(metadata['annotations'] as Record<string, string> | undefined),
    [NAME_ANNOTATION]: stringifyJson({ name: metadata['name'] }),
  };
  return { ...metadata, annotations };
}

/** The resource under a key. Throws `corrupt`, naming the key, for what is not one. */
export function decodeValue(kind: Kind, key: string, text: string, version: string): Resource {
  const value = parseValue(key, text);
  if (IPAM.has(kind.kind)) return ipamResource(kind, key, value, version);
  const { resource, problems } = decodeStored(kind, value);
  if (problems.length > 0) throw corrupt(key, problems.map(formatProblem).join('; '));
  const { resourceVersion: _, ...metadata } = resource.metadata;
  const shown = { ...resource, metadata: { ...metadata, resourceVersion: version } } as Resource;
  return canonical(kind, TIERED.has(kind.kind) ? withOriginalName(shown) : shown);
}

/**
 * The same without checks and order of fields, for reading very many. Throws `corrupt` for what has no form of a
 * resource at all.
 */
export function decodeStoredValue(kind: Kind, key: string, text: string, version: string): Resource {
  if (IPAM.has(kind.kind)) return ipamResource(kind, key, parseValue(key, text), version);
  // Numbers that are not exact do no harm where nothing is written.
  const value = parseValue(key, text, JSON.parse);
  const { metadata = {}, spec = {} } = value;
  if (!isObject(metadata) || !isObject(spec)) throw corrupt(key, 'its metadata or spec is no JSON object');
  const shown = value as unknown as Resource;
  // Nobody else has what was just parsed.
  shown.metadata = Object.assign(metadata, {
    name: metadata['name'] ?? '',
    resourceVersion: version,
  }) as Metadata;
  shown.spec = spec as Resource['spec'];
  return TIERED.has(kind.kind) ? withOriginalName(shown) : shown;
}

function parseValue(
  key: string,
  text: string,
  parse: (text: string) => unknown = parseJson,
): Record<string, unknown> {
  let value: unknown;
  try {
    value = text === '' ? {} : parse(text);
  } catch (cause) {
    throw corrupt(key, `it is not JSON (${(cause as Error).message})`);
  }
  if (!isObject(value)) throw corrupt(key, 'it is not a JSON object');
  return value;
}

function corrupt(key: string, reason: string): CalicoctlError {
  return new CalicoctlError('corrupt', `the stored entry ${key} cannot be read: ${reason}`, {
    hint: 'It is left as it is. Repair or remove the key with etcdctl.',
  });
}

function withOriginalName(resource: Resource): Resource {
  const { annotations: { [NAME_ANNOTATION]: note, ...annotations } = {}, ...metadata } = resource.metadata;
  if (note === undefined)
    return { ...resource, metadata: { ...resource.metadata, name: withoutDefaultPrefix(resource) } };
  const name = nameIn(note) ?? metadata.name;
  return {
    ...resource,
    metadata: { ...metadata, name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
  };
}

function nameIn(note: string): string | undefined {
  try {
    const { name } = parseJson(note) as { name?: string };
    return name;
  } catch {
    return undefined;
  }
}

/** Old releases stored policies of the default tier as `default.NAME` and showed them as NAME. */
function withoutDefaultPrefix({ metadata, spec }: Resource): string {
  const tier = spec['tier'] || 'default';
  return tier === 'default' && metadata.name.startsWith('default.')
    ? metadata.name.slice('default.'.length)
    : metadata.name;
}

/** IPAM's JSON in etcd is the spec alone, with a few other names. */
function ipamValue(kind: Kind, { spec }: Resource): Record<string, unknown> {
  switch (kind.kind) {
    case 'IPAMBlock': {
      const { affinityClaimTime, strictAffinity: _, ...block } = spec;
      return {
        ...block,
        ...(affinityClaimTime === undefined ? {} : { affinity_claim_time: affinityClaimTime }),
      };
    }
    case 'IPAMHandle': {
      const { handleID: _, ...handle } = spec;
      return handle;
    }
    case 'IPAMConfig': {
      const { strictAffinity, autoAllocateBlocks, ...rest } = spec;
      const value = { strict_affinity: strictAffinity, auto_allocate_blocks: autoAllocateBlocks, ...rest };
      return Object.fromEntries(
        Object.entries(value).filter(([field, item]) => Boolean(item) || !SETTINGS.has(field)),
      );
    }
    case 'IPAMHost':
      return spec;
    default: {
      const { state, deleted, node: _node, type: _type, cidr: _cidr, ...rest } = spec;
      return { state, deleted: deleted === true || deleted === 'true', ...rest };
    }
  }
}

function ipamResource(kind: Kind, key: string, value: Record<string, unknown>, version: string): Resource {
  const { name } = placeOf(kind, key)!;
  return {
    kind: kind.kind,
    apiVersion: API_VERSION,
    metadata: { name, resourceVersion: version },
    spec: ipamSpec(kind, name, value),
  };
}

function ipamSpec(kind: Kind, name: string, value: Record<string, unknown>): Resource['spec'] {
  switch (kind.kind) {
    case 'IPAMBlock': {
      const { affinity_claim_time: affinityClaimTime, ...block } = value;
      return {
        ...block,
        ...(affinityClaimTime === undefined ? {} : { affinityClaimTime }),
      } as Resource['spec'];
    }
    case 'IPAMHandle':
      return { handleID: name, ...value } as Resource['spec'];
    case 'IPAMConfig': {
      const { strict_affinity: strictAffinity, auto_allocate_blocks: autoAllocateBlocks, ...rest } = value;
      return { strictAffinity, autoAllocateBlocks, ...rest } as Resource['spec'];
    }
    case 'IPAMHost':
      return value as Resource['spec'];
    default: {
      const [type, node, ...cidr] = name.split('/');
      return {
        state: 'confirmed',
        node,
        type,
        cidr: cidr.join('/'),
        deleted: false,
        ...value,
      } as Resource['spec'];
    }
  }
}
