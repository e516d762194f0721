import { CalicoctlError } from '../../core/errors.ts';
import { API_VERSION, type Resource } from '../../resources/kind.ts';
import { type Goal, goalOf, type Wishes } from './goal.ts';
import { type MigrationNote, noteOf, type PoolManifest } from './note.ts';

/** From one pool to another: the second is made, the first disabled, left, emptied of blocks and deleted. */
export interface Hop {
  readonly from: PoolSide;
  readonly to: PoolSide;
  /** The first pool is gone. */
  readonly over: boolean;
}

export interface PoolSide {
  readonly name: string;
  readonly role: MigrationNote['role'];
  /** Undefined while the pool is not made yet, and when it is gone. */
  readonly stored: Resource | undefined;
  readonly note: MigrationNote | undefined;
  /** What the pool is, or will be. */
  readonly manifest: PoolManifest;
}

/** The way of one migration, as far as pools tell it. */
export interface Course {
  readonly id: string;
  readonly pool: string;
  /** RFC 3339; now where it has not begun. */
  readonly since: string;
  readonly begun: boolean;
  readonly abandoned: boolean;
  /** One, or two where the new range overlaps the old one. */
  readonly hops: readonly Hop[];
}

interface Noted {
  readonly resource: Resource;
  readonly note: MigrationNote;
}

/** Finds the migration of a pool among all pools, or plans a new one as wished. */
export async function courseOf(
  pools: readonly Resource[],
  name: string,
  wishes: Wishes,
  now: Date,
): Promise<Course> {
  const noted: Noted[] = [];
  for (const resource of pools) {
    const note = await noteOf(resource);
    if (note?.pool === name) noted.push({ resource, note });
  }
  refuseTwo(name, noted);
  const by = (role: MigrationNote['role']) => noted.find(({ note }) => note.role === role);
  const [temporary, made] = [by('temporary'), by('new')];
  const source = pools.find(
    ({ metadata }) => metadata.name === name && metadata.name !== made?.resource.metadata.name,
  );
  if (temporary === undefined && made === undefined) return begin(pools, name, by('old'), wishes, now);
  refuseOtherWishes(name, wishes, temporary, made);
  const { note } = (temporary ?? made)!;
  const whole = {
    ...{ id: note.id, pool: name, since: note.since, begun: true },
    abandoned: noted.some((each) => each.note.abandoned === true),
  };
  const old = { role: 'old', stored: source, note: by('old')?.note } as const;
  const side = { ...old, name, manifest: source ? bare(source) : { name, spec: {} } };
  if (temporary === undefined && made !== undefined && made.resource.metadata.name !== name)
    return { ...whole, hops: [{ from: side, to: sideOf(made), over: source === undefined }] };
  return { ...whole, hops: hopsThrough(side, temporary, made, name) };
}

/** Two hops, of which a pool that is gone has been left. */
function hopsThrough(
  from: PoolSide,
  temporary: Noted | undefined,
  made: Noted | undefined,
  name: string,
): readonly Hop[] {
  const via: PoolSide =
    temporary === undefined
      ? { name: '', role: 'temporary', stored: undefined, note: undefined, manifest: { name: '', spec: {} } }
      : sideOf(temporary);
  const final = temporary?.note.final ?? { name, spec: {} };
  const to: PoolSide =
    made === undefined
      ? { name: final.name, role: 'new', stored: undefined, note: undefined, manifest: final }
      : sideOf(made);
  const left = from.stored === undefined;
  return [
    { from, to: via, over: left },
    { from: via, to, over: left && temporary === undefined },
  ];
}

function sideOf({ resource, note }: Noted): PoolSide {
  const { name } = resource.metadata;
  return { name, role: note.role, stored: resource, note, manifest: bare(resource) };
}

function bare({ metadata, spec }: Resource): PoolManifest {
  return { name: metadata.name, spec };
}

/** A migration of which nothing is there yet but perhaps a disabled old pool. */
async function begin(
  pools: readonly Resource[],
  name: string,
  old: Noted | undefined,
  wishes: Wishes,
  now: Date,
): Promise<Course> {
  const source = pools.find(({ metadata }) => metadata.name === name);
  if (source === undefined) throw missing(name);
  const goal = goalOf(source, pools, wishes);
  const id = old?.note.id ?? crypto.randomUUID();
  const from: PoolSide = { name, role: 'old', stored: source, note: old?.note, manifest: bare(source) };
  return {
    ...{ id, pool: name, begun: old !== undefined, abandoned: old?.note.abandoned === true },
    since: old?.note.since ?? `${now.toISOString().slice(0, 19)}Z`,
    hops: plannedHops(from, goal),
  };
}

function plannedHops(from: PoolSide, { to, existing, via }: Goal): readonly Hop[] {
  const side = (role: 'temporary' | 'new', manifest: PoolManifest, stored?: Resource): PoolSide => ({
    ...{ name: manifest.name, role, note: undefined, manifest, stored },
  });
  const last = side('new', to, existing);
  if (via === undefined) return [{ from, to: last, over: false }];
  const middle = side('temporary', via);
  return [
    { from, to: middle, over: false },
    { from: middle, to: last, over: false },
  ];
}

function missing(name: string): CalicoctlError {
  return new CalicoctlError('not-found', `resource does not exist: IPPool(${name})`, {
    resource: `IPPool(${name})`,
    hint: 'No migration of a pool of that name is under way either. `calicoctl get ippool` shows the pools there are.',
  });
}

function refuseTwo(name: string, noted: readonly Noted[]): void {
  const roles = noted.map(({ note }) => note.role);
  const twice = roles.length !== new Set(roles).size;
  if (!twice && new Set(noted.map(({ note }) => note.id)).size <= 1) return;
  const pools = noted.map(
    ({ resource, note }) => `${resource.metadata.name} (${note.role} pool, ${note.id})`,
  );
  throw new CalicoctlError(
    'not-supported',
    `pools say that two migrations of ${name} are under way: ${pools.join(', ')}`,
    { hint: 'Find out which is meant, and take the annotation off the pools of the other by hand.' },
  );
}

/** What a migration is for was said when it began; saying something else now would be of no effect. */
function refuseOtherWishes(
  name: string,
  wishes: Wishes,
  temporary: Noted | undefined,
  made: Noted | undefined,
): void {
  const final = temporary?.note.final ?? (made && bare(made.resource));
  const asked: readonly (readonly [string, unknown, unknown])[] = [
    ['--to', wishes.to, made?.resource.metadata.name],
    ['--to-name', wishes.toName, final?.name],
    ['--to-cidr', wishes.toCidr, final?.spec['cidr']],
    ['--to-block-size', wishes.toBlockSize, final?.spec['blockSize']],
    ['--via-cidr', wishes.viaCidr, temporary?.resource.spec['cidr']],
  ];
  const other = asked.find(([, wish, held]) => wish !== undefined && held !== undefined && wish !== held);
  if (other === undefined) return;
  const [flag, wish, held] = other;
  throw new CalicoctlError(
    'usage',
    `${flag} says ${String(wish)}, but the migration of ${name} that is under way goes to ${String(held)}`,
    { hint: 'Leave the flag out to go on with it, or give it up first with --abort.' },
  );
}

/** The resource of a pool to make, with its note. */
export function poolResource({ name, labels, annotations, spec }: PoolManifest): Resource {
  return {
    apiVersion: API_VERSION,
    kind: 'IPPool',
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    },
    spec,
  };
}
