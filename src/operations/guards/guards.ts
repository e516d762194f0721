import type { Datastore, Version } from '../../datastore/datastore.ts';
import type { Kind, Ref, Resource } from '../../resources/kind.ts';
import type { Manifest } from '../../resources/manifest.ts';

type Place = Manifest['place'];

/** What a kind asks of the rest of the datastore before one of its objects is written. Each throws CalicoctlError. */
export interface Guard {
  /** Kinds of which it asks before a create or an update, as far as users write them. */
  readonly asks?: readonly string[];
  readonly beforeCreate?: (store: Datastore, ref: Ref, resource: Resource, place: Place) => Promise<void>;
  readonly beforeUpdate?: (
    store: Datastore,
    ref: Ref,
    resource: Resource,
    stored: Resource,
    place: Place,
  ) => Promise<void>;
  /** Told of what was written. */
  readonly afterWrite?: (store: Datastore, written: Resource) => void;
  /** Replaces the plain delete. */
  readonly delete?: (store: Datastore, ref: Ref, version: Version | undefined) => Promise<Resource>;
}

const tiered = () => import('./policy.ts');

const GUARDS: Readonly<Record<string, () => Promise<{ readonly default: Guard }>>> = {
  BGPPeer: () => import('./bgppeer.ts'),
  GlobalNetworkPolicy: tiered,
  IPPool: () => import('./ippool.ts'),
  NetworkPolicy: tiered,
  Node: () => import('./node.ts'),
  Profile: () => import('./profile.ts'),
  StagedGlobalNetworkPolicy: tiered,
  StagedNetworkPolicy: tiered,
  Tier: () => import('./tier.ts'),
};

/** Asked for with every object of a bulk write; importing anew takes longer than the guards themselves. */
const loaded = new Map<string, Promise<Guard | undefined>>();

/** The guard of a kind, where it has one. */
export function guardOf(kind: Kind): Promise<Guard | undefined> {
  let guard = loaded.get(kind.kind);
  if (guard === undefined) {
    guard = Promise.resolve(GUARDS[kind.kind]?.()).then((module) => module?.default);
    loaded.set(kind.kind, guard);
  }
  return guard;
}
