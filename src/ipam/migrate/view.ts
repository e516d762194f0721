import type { Datastore } from '../../datastore/datastore.ts';
import { poolOf } from '../../operations/ipam/pools.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { type Course, courseOf, type Hop, type PoolSide } from './course.ts';
import type { Wishes } from './goal.ts';
import { makingObstacles } from './making.ts';
import { type Obstacle, obstaclesOf, type Situation, situationOf, takenRanges } from './obstacles.ts';
import { type Occupants, occupantsOf } from './occupants.ts';
import { requestObstacles } from './requests.ts';
import { spareRange } from './spare.ts';
import { currentHop, type Step, stepsOf } from './steps.ts';
import { namespaceLabels, readWorld, serviceRanges, type World } from './world.ts';

/** A migration as one look at the datastore shows it. */
export interface View {
  /** What it was asked to lead to; where it has begun, pools say that themselves. */
  readonly wishes: Wishes;
  readonly course: Course;
  readonly world: World;
  readonly steps: readonly Step[];
  readonly next: Step;
  /** Of the pool that is being left; undefined when all are gone. */
  readonly occupants: Occupants | undefined;
  readonly obstacles: readonly Obstacle[];
  /** The range of the temporary pool was not given: this is one that seems to be free. */
  readonly suggestedVia?: string;
}

const NOBODY: Occupants = { holders: [], resting: 0, blocks: [] };

/** Reads all that matters for the migration of a pool. Throws where there is none and none is wished. */
export async function viewOf(
  store: Datastore,
  name: string,
  wishes: Wishes,
  now: Date = new Date(),
): Promise<View> {
  const world = await readWorld(store);
  const planned = await courseOf(world.pools, name, wishes, now);
  const suggestedVia = await suggestion(store, planned, world);
  const course = suggestedVia === undefined ? planned : withVia(planned, suggestedVia);
  const hop = currentHop(course);
  const occupants = hop && (await occupantsOfPool(store, hop.from, world));
  const obstacles =
    hop === undefined || occupants === undefined
      ? []
      : await obstaclesAhead(store, course, hop, world, occupants);
  const steps = stepsOf(course, world, occupants);
  const next = steps.find(({ state }) => state === 'next')!;
  return {
    ...{ wishes, course, world, steps, next, occupants, obstacles },
    ...(suggestedVia === undefined ? {} : { suggestedVia }),
  };
}

async function occupantsOfPool(
  store: Datastore,
  { stored, manifest }: PoolSide,
  world: World,
): Promise<Occupants> {
  const pool = poolOf({ apiVersion: '', kind: '', metadata: { name: '' }, spec: (stored ?? manifest).spec });
  return pool === undefined ? NOBODY : occupantsOf(store, networkOf(pool.range), world);
}

function needsVia({ hops }: Course): Hop | undefined {
  return hops.find(({ to, over }) => !over && to.stored === undefined && to.manifest.spec['cidr'] === '');
}

/** Undefined where no range is asked for; empty where none is free. */
async function suggestion(store: Datastore, course: Course, world: World): Promise<string | undefined> {
  const hop = needsVia(course);
  if (hop === undefined) return undefined;
  const old = poolOf({ apiVersion: '', kind: '', metadata: { name: '' }, spec: hop.from.manifest.spec });
  const target = poolOf({
    apiVersion: '',
    kind: '',
    metadata: { name: '' },
    spec: course.hops.at(-1)!.to.manifest.spec,
  });
  const taken = [...takenRanges(world), ...(await serviceRanges(store)), ...(target ? [target.range] : [])];
  const spare = old && spareRange(old.range, taken);
  return spare === undefined ? '' : formatCidr(spare);
}

function withVia(course: Course, cidr: string): Course {
  const fill = (side: PoolSide): PoolSide =>
    side.role === 'temporary' && side.stored === undefined
      ? { ...side, manifest: { ...side.manifest, spec: { ...side.manifest.spec, cidr } } }
      : side;
  return { ...course, hops: course.hops.map((hop) => ({ ...hop, from: fill(hop.from), to: fill(hop.to) })) };
}

/** What speaks against this hop, and against those behind it: when they come it may be too late to choose anew. */
async function obstaclesAhead(
  store: Datastore,
  course: Course,
  current: Hop,
  world: World,
  occupants: Occupants,
): Promise<readonly Obstacle[]> {
  const asks = world.pools.some(({ spec }) => Boolean(spec['namespaceSelector']));
  const namespaces = asks ? await namespaceLabels(store) : new Map<string, never>();
  const ahead = course.hops.slice(course.hops.indexOf(current));
  const found: Obstacle[] = [];
  const gone = new Set<string>();
  for (const hop of ahead) {
    const there = hop === current ? await occupantsOfPool(store, hop.to, world) : NOBODY;
    const situation: Situation | undefined = situationOf(world, hop, occupants, there, namespaces, gone);
    if (situation === undefined)
      found.push({
        severity: 'error',
        message: `no free private range was found for pool ${hop.to.name}`,
        hint: 'Give one with --via-cidr.',
      });
    else {
      found.push(...(await makingObstacles(situation)), ...obstaclesOf(situation));
      // Of the temporary pool nobody knows yet.
      if (hop === current) found.push(...(await requestObstacles(store, situation.from)));
    }
    gone.add(hop.from.name);
  }
  const texts = new Set<string>();
  return found
    .filter(({ message }) => !texts.has(message) && texts.add(message))
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
}
