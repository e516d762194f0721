import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Json } from '../../../src/core/json.ts';
import type { DefinitionObject, Definitions } from '../../../src/datastore/definitions.ts';
import { applyJsonPatch } from '../../../src/operations/patch/jsonpatch.ts';
import { customResourceDefinitions } from '../../../src/resources/crd-definition.ts';
import type { DefinitionGroup } from '../../../src/resources/definition.ts';

/** Definitions as an API server keeps them, in memory. */
export interface Memory extends Definitions {
  /** By name, as stored. */
  readonly stored: Map<string, DefinitionObject>;
  /** Of every write, verb and name. */
  readonly writes: string[];
  /** Called before a write is carried out; somebody else's moment. */
  beforeWrite: (name: string) => void;
}

const IN_FORCE = {
  conditions: [
    { type: 'NamesAccepted', status: 'True' },
    { type: 'Established', status: 'True' },
  ],
};

export function memory(initial: readonly DefinitionObject[] = []): Memory {
  let version = 0;
  const stored = new Map<string, DefinitionObject>();
  const keep = (definition: DefinitionObject): DefinitionObject => {
    const { metadata } = definition;
    const kept = {
      status: IN_FORCE,
      ...definition,
      metadata: { ...metadata, uid: metadata.name, resourceVersion: String(++version) },
    };
    stored.set(metadata.name, kept);
    return kept;
  };
  for (const definition of initial) keep(definition);
  const writes: string[] = [];
  const self: Memory = {
    stored,
    writes,
    beforeWrite: () => {},
    get: async (name) => stored.get(name),
    async create(definition) {
      const { name } = definition.metadata;
      self.beforeWrite(name);
      if (stored.has(name)) throw new CalicoctlError('already-exists', `${name} exists`);
      writes.push(`create ${name}`);
      return keep(definition);
    },
    async update(definition) {
      const { name, resourceVersion } = definition.metadata;
      self.beforeWrite(name);
      if (stored.get(name)?.metadata.resourceVersion !== resourceVersion)
        throw new CalicoctlError('conflict', `${name} was changed`);
      writes.push(`update ${name}`);
      return keep(definition);
    },
    served: async (group) => [...stored.keys()].some((name) => name.endsWith(`.${group}`)),
  };
  return self;
}

/** Our definitions as a cluster has them that we prepared. */
export async function ours(group: DefinitionGroup = 'crd.projectcalico.org'): Promise<DefinitionObject[]> {
  return (await customResourceDefinitions(group)) as unknown as DefinitionObject[];
}

/** The one of a plural. */
export async function oneOfOurs(plural: string): Promise<DefinitionObject> {
  return (await ours()).find(({ metadata }) => metadata.name === `${plural}.crd.projectcalico.org`)!;
}

/** Where the schema of the spec is, and the pool's version. */
export const VERSION = '/spec/versions/0';
export const SPEC = `${VERSION}/schema/openAPIV3Schema/properties/spec`;

/** A copy in which JSON pointers lead to other values; undefined takes away, `-` at the end appends. */
export function edited(
  definition: DefinitionObject,
  changes: Readonly<Record<string, unknown>>,
): DefinitionObject {
  const operations = Object.entries(changes).map(([path, value]) =>
    value === undefined ? { op: 'remove', path } : { op: 'add', path, value: value as Json },
  );
  return applyJsonPatch(definition as unknown as Json, operations) as unknown as DefinitionObject;
}
