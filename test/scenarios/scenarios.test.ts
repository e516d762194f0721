import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Workspace, workspace } from '../commands/run.ts';
import { AREAS, clusterInformation, expected, scenariosOf, see, writeFiles } from './runner.ts';

/** The tables of this folder on the folder datastore. Each step is held to everything that its table says of it. */

for (const area of AREAS) {
  describe(area, () => {
    for (const scenario of scenariosOf(area)) {
      describe(scenario.scenario, () => {
        let place: Workspace;
        beforeAll(async () => {
          place = await workspace();
          await writeFiles(place, scenario);
          const cluster = clusterInformation(scenario);
          if (cluster !== undefined)
            await place.write('.datastore/clusterinformations/default.yaml', cluster);
        });
        afterAll(() => place.remove());
        for (const [index, step] of scenario.steps.entries()) {
          test(`${index + 1}. ${step.run}`, async () => {
            expect(await see(place, step)).toEqual(expected(step));
          });
        }
      });
    }
  });
}
