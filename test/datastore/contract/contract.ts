import { describe, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Ref, Resource } from '../../../src/resources/kind.ts';
import { basics } from './checks/basics.ts';
import { broken } from './checks/broken.ts';
import { fidelity } from './checks/fidelity.ts';
import { ipam } from './checks/ipam.ts';
import { lists } from './checks/lists.ts';
import { races } from './checks/races.ts';
import { watches } from './checks/watches.ts';

/** What datastore.ts promises, as checks that any backend can be put to. */

/** An empty datastore of its own for one check. */
export interface Environment {
  readonly store: Datastore;
  /** Another client of the same data. */
  reopen(): Promise<Datastore>;
  /** Puts something undecodable where a resource would be, behind the datastore's back. */
  plantBroken?(ref: Ref): Promise<void>;
  /** Creates many where one after the other takes long. */
  createAtOnce?(objects: readonly Resource[]): Promise<void>;
  /** How many objects a long list has; 2500 unless it says otherwise. */
  readonly longList?: number;
  /** How many take part in a race; 50 unless it says otherwise. */
  readonly contenders?: number;
  /** Closes all clients and removes the data. */
  cleanup(): Promise<void>;
}

/** What some backends lack by nature. */
export type Need =
  | 'unknown fields' // an API server drops fields that its schema lacks
  | 'identity' // the command line and API servers choose uid and creation time
  | 'demanded versions' // the command line may replace whatever is stored
  | 'prefixes' // the command line knows no part of a name
  | 'nodes' // Kubernetes makes nodes itself
  | 'capitals' // names that differ in letter case only
  | 'ipam' // sequence numbers that are ours to choose
  | 'unsigned numbers' // an API server knows whole numbers up to 2^63 only
  | 'watch'
  | 'broken entries';

export interface Check {
  readonly name: string;
  readonly needs?: readonly Need[];
  /** Throws where the promise is not kept. */
  readonly run: (environment: Environment) => Promise<void>;
}

export const CHECKS: readonly Check[] = [
  ...basics,
  ...lists,
  ...fidelity,
  ...ipam,
  ...races,
  ...broken,
  ...watches,
];

/** Runs a check on an environment of its own. */
export async function runCheck(check: Check, open: () => Promise<Environment>): Promise<void> {
  const environment = await open();
  try {
    await check.run(environment);
  } finally {
    await environment.cleanup();
  }
}

/** Declares a test for every check that the backend can be put to. */
export function describeDatastoreContract(
  name: string,
  open: () => Promise<Environment>,
  { lacks = [] }: { readonly lacks?: readonly Need[] } = {},
): void {
  describe(`${name} keeps the promises of a datastore`, () => {
    for (const check of CHECKS) {
      if (check.needs?.some((need) => lacks.includes(need))) continue;
      test(check.name, () => runCheck(check, open), 60_000);
    }
  });
}
