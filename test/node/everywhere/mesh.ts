import type { JsonObject } from '../../../src/core/json.ts';
import {
  askEverywhere,
  type Everywhere,
  type EverywhereOptions,
  type Sources,
} from '../../../src/node/everywhere/everywhere.ts';
import type { OpenStore } from '../../operations/stores.ts';
import { type Answer, said } from './agent.ts';

/** Three nodes in a mesh, of which one session is down, and how they are asked. */

export const ADDRESSES = { 'worker-1': '192.0.2.1', 'worker-2': '192.0.2.2', 'worker-10': '192.0.2.3' };

export const MESH: Readonly<Record<string, JsonObject>> = {
  'worker-1': said([
    ['192.0.2.2', 'NodeMesh', 'Established'],
    ['192.0.2.3', 'NodeMesh', 'Established'],
  ]),
  'worker-2': said([
    ['192.0.2.3', 'NodeMesh', 'Active'],
    ['192.0.2.1', 'NodeMesh', 'Established'],
  ]),
  'worker-10': said([
    ['192.0.2.1', 'NodeMesh', 'Established'],
    ['192.0.2.2', 'NodeMesh', 'Connect'],
  ]),
};

export const fromMesh: Answer = ({ spec }) => MESH[String(spec['node'])];

/** With consent, five seconds, and warnings to a list. */
export function ask(
  { store }: OpenStore,
  warnings: string[],
  options: Partial<EverywhereOptions> = {},
  cluster?: Sources['cluster'],
): Promise<Everywhere> {
  return askEverywhere(
    { store: async () => store, writer: async () => store, cluster },
    {
      via: undefined,
      waitMs: 5000,
      signal: new AbortController().signal,
      consent: async () => true,
      warn: (text) => warnings.push(text),
      ...options,
    },
  );
}
