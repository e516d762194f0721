import type {
  DefinitionObject,
  DefinitionSchema,
  DefinitionSpec,
  DefinitionVersion,
} from '../../datastore/definitions.ts';
import { withTextsOf } from './schema.ts';

/**
 * Our definition laid over the stored one. What ours does not speak of stays: metadata, conversion, other versions,
 * which version is stored, short names, columns and selectable fields that others added.
 */
export function merged(stored: DefinitionObject, ours: DefinitionObject): DefinitionObject {
  return { ...stored, spec: mergedSpec(stored.spec, ours.spec) };
}

function mergedSpec(stored: DefinitionSpec, ours: DefinitionSpec): DefinitionSpec {
  const shortNames = [...new Set([...(ours.names.shortNames ?? []), ...(stored.names.shortNames ?? [])])];
  return {
    ...stored,
    ...ours,
    // Of definitions made before there were schemas; API servers take no defaults in a schema beside it.
    ...(stored['preserveUnknownFields'] ? { preserveUnknownFields: false } : {}),
    names: {
      ...stored.names,
      ...ours.names,
      ...(shortNames.length === 0 ? {} : { shortNames: sameOrder(shortNames, stored.names.shortNames) }),
    },
    versions: mergedVersions(stored.versions, ours.versions[0]!),
  };
}

/** The stored order where it has all of them, so that order alone is no change. */
function sameOrder(wanted: readonly string[], stored: readonly string[] = []): readonly string[] {
  return wanted.length === stored.length ? stored : wanted;
}

function mergedVersions(
  stored: readonly DefinitionVersion[],
  ours: DefinitionVersion,
): readonly DefinitionVersion[] {
  if (!stored.some(({ name }) => name === ours.name)) {
    return [...stored, { ...ours, storage: !stored.some(({ storage }) => storage) }];
  }
  return stored.map((version) => (version.name === ours.name ? mergedVersion(version, ours) : version));
}

function mergedVersion(stored: DefinitionVersion, ours: DefinitionVersion): DefinitionVersion {
  const storedSchema = stored.schema?.openAPIV3Schema;
  const ourSchema = ours.schema?.openAPIV3Schema as DefinitionSchema;
  return {
    ...stored,
    ...ours,
    storage: stored.storage,
    schema: {
      openAPIV3Schema: storedSchema === undefined ? ourSchema : withTextsOf(storedSchema, ourSchema),
    },
    ...union(stored, ours, 'additionalPrinterColumns', 'name'),
    ...union(stored, ours, 'selectableFields', 'jsonPath'),
    ...(stored['subresources'] === undefined && ours['subresources'] === undefined
      ? {}
      : { subresources: { ...(stored['subresources'] as object), ...(ours['subresources'] as object) } }),
  };
}

type Named = Readonly<Record<string, unknown>>;

/** Both lists' entries, known by `key`: the stored ones in their place, brought up to ours, then what is new. */
function union(
  stored: DefinitionVersion,
  ours: DefinitionVersion,
  field: string,
  key: string,
): Readonly<Record<string, readonly Named[]>> {
  const [before, wanted] = [stored, ours].map((version) => (version[field] ?? []) as readonly Named[]);
  const entries = new Map(before!.map((entry) => [entry[key], entry]));
  for (const entry of wanted!) entries.set(entry[key], { ...entries.get(entry[key]), ...entry });
  return entries.size === 0 ? {} : { [field]: [...entries.values()] };
}
