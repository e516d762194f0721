import { CalicoctlError } from '../../core/errors.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import { formatRef, type Metadata, type Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';

/**
 * Pools remember in an annotation which migration they belong to. All else is read off the pools, blocks and endpoints
 * each time, so a run that broke off leaves nothing that the next one could misread.
 */
export const MIGRATION_NOTE = 'calicoctl.projectcalico.org/migration';

/** A pool to make. */
export interface PoolManifest {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
}

export interface MigrationNote {
  readonly id: string;
  /** Name of the pool that is migrated; in the end another one may have it. */
  readonly pool: string;
  readonly role: 'old' | 'temporary' | 'new';
  /** RFC 3339. */
  readonly since: string;
  /** Of the old pool: it was disabled before. */
  readonly wasDisabled?: true;
  /** Of the new pool: it was there before, and stays when the migration is given up. */
  readonly existed?: true;
  /** Of the temporary pool: what is made in the end, for by then the old pool is gone. */
  readonly final?: PoolManifest;
  /** The migration is being given up: no step forward is taken any more. */
  readonly abandoned?: true;
}

/** The note of a pool; undefined for a pool of no migration. Throws `corrupt` for one that cannot be read. */
export async function noteOf({ metadata }: Resource): Promise<MigrationNote | undefined> {
  const text = metadata.annotations?.[MIGRATION_NOTE];
  if (text === undefined) return undefined;
  const note = read(text);
  if (note !== undefined) return note;
  const resource = formatRef({ kind: await kindOf('IPPool'), name: metadata.name });
  throw new CalicoctlError('corrupt', `the annotation ${MIGRATION_NOTE} of ${resource} cannot be read`, {
    resource,
    hint: 'Without it nobody knows which migration the pool belongs to. Take it off, or put back what it was.',
  });
}

function read(text: string): MigrationNote | undefined {
  try {
    const value: unknown = parseJson(text);
    if (!isObject(value)) return undefined;
    const { id, pool, role, since, final } = value;
    const named = [id, pool, since].every((item) => typeof item === 'string' && item !== '');
    const known = role === 'old' || role === 'new' || (role === 'temporary' && isManifest(final));
    return named && known ? (value as unknown as MigrationNote) : undefined;
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): boolean {
  return isObject(value) && typeof value['name'] === 'string' && isObject(value['spec']);
}

/** The pool with another note, or with none. */
export function withNote(pool: Resource, note: MigrationNote | undefined): Resource {
  const { annotations: given, ...metadata } = pool.metadata;
  const { [MIGRATION_NOTE]: _, ...others } = given ?? {};
  const annotations = note === undefined ? others : { ...others, [MIGRATION_NOTE]: stringifyJson(note) };
  return {
    ...pool,
    metadata: (Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations }) as Metadata,
  };
}

/** What a pool is, apart from its identity, its migration and whether it is disabled. */
export function manifestOf(pool: Resource): PoolManifest {
  const { name, labels, annotations } = withNote(pool, undefined).metadata;
  const { disabled: _, ...spec } = pool.spec;
  return {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    spec,
  };
}
