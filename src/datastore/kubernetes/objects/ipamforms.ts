import { isObject, type JsonObject } from '../../../core/json.ts';
import { API_VERSION, type Kind, type Metadata, type Resource } from '../../../resources/kind.ts';
import type { KubeObject } from '../api/api.ts';
import type { CalicoGroup } from '../backing.ts';
import { collectionOf } from './collections.ts';
import { corrupt, type Form, objectOf, shownOf } from './form.ts';
import { affinityLabels, affinityObjectName, blockObjectName, handleObjectName } from './ipamnames.ts';

/** IPAM's objects as custom resources: other names, and a few fields in other words. */

interface Words {
  objectName(name: string): string;
  /** The object's name in our words; undefined where its spec does not say. */
  name(spec: JsonObject, object: KubeObject): string | undefined;
  readSpec(spec: JsonObject): JsonObject;
  writeSpec(spec: JsonObject, name: string): JsonObject;
  labels?(name: string): Record<string, string>;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const WORDS: Readonly<Record<string, Words>> = {
  IPAMBlock: {
    objectName: blockObjectName,
    name: ({ cidr }) => text(cidr),
    readSpec: (spec) => spec,
    writeSpec({ affinity, affinityClaimTime, hostAffinity: _, ...spec }) {
      return {
        ...spec,
        ...(affinity ? { affinity } : {}),
        ...(affinityClaimTime ? { affinityClaimTime } : {}),
        allocations: spec['allocations'] ?? [],
        unallocated: spec['unallocated'] ?? [],
        attributes: spec['attributes'] ?? [],
        deleted: spec['deleted'] === true,
        strictAffinity: spec['strictAffinity'] === true,
      };
    },
  },
  IPAMHandle: {
    objectName: handleObjectName,
    name: ({ handleID }, { metadata }) => text(handleID) ?? metadata.name,
    readSpec: (spec) => spec,
    writeSpec: (spec, name) => ({
      ...spec,
      handleID: name,
      block: spec['block'] ?? {},
      deleted: spec['deleted'] === true,
    }),
  },
  BlockAffinity: {
    objectName: affinityObjectName,
    name({ type, node, cidr }) {
      return text(node) && text(cidr)
        ? `${text(type) ?? 'host'}/${node as string}/${cidr as string}`
        : undefined;
    },
    readSpec: (spec) => ({ ...spec, type: text(spec['type']) ?? 'host', deleted: isTrue(spec['deleted']) }),
    writeSpec: (spec) => ({ ...spec, deleted: isTrue(spec['deleted']) }),
    labels: affinityLabels,
  },
  IPAMConfig: {
    objectName: (name) => name,
    name: (_spec, { metadata }) => metadata.name,
    readSpec: (spec) => spec,
    writeSpec({ strictAffinity, autoAllocateBlocks, ...rest }) {
      const given = Object.entries(rest).filter(([, value]) => Boolean(value));
      return {
        strictAffinity: strictAffinity === true,
        autoAllocateBlocks: autoAllocateBlocks === true,
        ...Object.fromEntries(given),
      };
    },
  },
};

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** True where an object is about to go: the first half of its deletion has been done. */
export function isMarked(object: KubeObject): boolean {
  const { spec } = object;
  return isObject(spec) && isTrue(spec['deleted']);
}

/** The same object, about to go. */
export function marked(kind: Kind, apiGroup: CalicoGroup, object: KubeObject): KubeObject {
  const spec = object['spec'] as JsonObject;
  return { ...object, spec: { ...spec, deleted: flagOf(kind, apiGroup, true) } };
}

/** Affinities of v1 say it in words. */
function flagOf(kind: Kind, apiGroup: CalicoGroup, deleted: boolean): boolean | string {
  return kind.kind === 'BlockAffinity' && apiGroup === 'crd.projectcalico.org/v1' ? String(deleted) : deleted;
}

export function ipamForm(kind: Kind, apiGroup: CalicoGroup): Form {
  const words = WORDS[kind.kind]!;
  const collection = collectionOf(kind, apiGroup);
  const hasNote = apiGroup === 'crd.projectcalico.org/v1';
  return {
    ...{ kind, collection, hasNote },
    objectName: words.objectName,
    read(object) {
      const { spec } = object;
      const name = isObject(spec) ? words.name(spec as JsonObject, object) : undefined;
      if (name === undefined) throw corrupt(collection, object, 'its spec does not say what it is of');
      const metadata = hasNote ? shownOf(kind, collection, object) : object.metadata;
      return {
        kind: kind.kind,
        apiVersion: API_VERSION,
        metadata: { ...metadata, name },
        spec: words.readSpec(spec as JsonObject),
      };
    },
    write(ref, resource, current) {
      const written = words.writeSpec(resource.spec, ref.name);
      const deleted = written['deleted'];
      const spec =
        typeof deleted === 'boolean' ? { ...written, deleted: flagOf(kind, apiGroup, deleted) } : written;
      const shown = { kind: kind.kind, metadata: metadataOf(words, ref.name, resource) };
      return objectOf(kind, apiGroup, words.objectName(ref.name), {}, shown, current, { spec });
    },
  };
}

/** No time of creation: that of the custom resource will do, as it does for the other programs that write here. */
function metadataOf({ labels }: Words, name: string, { metadata }: Resource): Metadata {
  const { creationTimestamp: _, ...rest } = metadata;
  return labels === undefined ? rest : { ...rest, labels: { ...rest.labels, ...labels(name) } };
}
