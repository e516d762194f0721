import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Workspace, workspace } from '../commands/run.ts';
import { keyOf, startWitness, type Witness } from './etcd.ts';
import { AREAS, clusterInformation, expected, scenariosOf, see, writeFiles } from './runner.ts';

/** The same tables on a real etcd: what a command does may not depend on the datastore. */

let etcd: Witness;
let place: Workspace;

beforeAll(async () => {
  etcd = await startWitness();
  place = await workspace();
});
afterAll(async () => {
  await etcd.stop();
  await place.remove();
});

for (const area of AREAS) {
  describe(area, () => {
    for (const scenario of scenariosOf(area)) {
      test(scenario.scenario, async () => {
        await etcd.clear();
        await writeFiles(place, scenario);
        const cluster = clusterInformation(scenario);
        if (cluster !== undefined) await etcd.write(keyOf('clusterinformations', 'default'), cluster);
        for (const step of scenario.steps) {
          const seen = await see(place, step, etcd.env);
          expect({ run: step.run, ...seen }).toEqual({ run: step.run, ...expected(step) });
        }
      });
    }
  });
}
