import { afterAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '../../../src/core/json.ts';
import type { Kind } from '../../../src/resources/kind.ts';
import { testbed } from '../../testbed/testbed.ts';
import { casesOf, grounds } from './cases.ts';
import { DIFFERENCES, kindOfManifest } from './differences.ts';
import { judge } from './judge.ts';

/**
 * Whatever a manifest says, `validate` and an API server that has Calico's definitions accept it both or refuse it both,
 * but for the differences that are written down; and what `validate` accepts can be written. For a wider search:
 * DIFFERENTIAL_SEED=7 DIFFERENTIAL_CASES=5000 bun test differential
 */

const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20260131);
const CASES = Number(process.env['DIFFERENTIAL_CASES'] ?? 300);
const AT_ONCE = 8;

const GROUNDS = await grounds();
const met = new Set<string>();

/** Judges manifests, several at once; tells of each that is judged differently for no known reason. */
async function judgeAll(kind: Kind, manifests: readonly unknown[]) {
  const { kubeV3 } = await testbed();
  const unexplained: string[] = [];
  let accepted = 0;
  let next = 0;
  const work = async () => {
    while (next < manifests.length) {
      const manifest = manifests[next++];
      const found = await judge(kubeV3, kind, manifest);
      if (found.accepted) accepted++;
      for (const id of found.met) met.add(id);
      for (const line of found.unexplained) unexplained.push(`${line}\n${stringifyJson(manifest)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { unexplained, accepted };
}

describe(`verdicts on ${CASES} manifests of seed ${SEED}`, () => {
  test.each(GROUNDS.map((ground) => [ground.kind.kind, ground] as const))(
    'of kind %s',
    async (_kind, ground) => {
      const { unexplained, accepted } = await judgeAll(ground.kind, casesOf(ground, CASES, SEED));
      expect(unexplained.slice(0, 5)).toEqual([]);
      // A search that only makes rubbish would find nothing.
      expect(accepted).toBeGreaterThan(CASES / 20);
    },
    300_000,
  );
});

describe('known differences', () => {
  test.each(GROUNDS.map((ground) => [ground.kind.kind, ground] as const))(
    'explain how examples of rules of kind %s are judged',
    async (_kind, { kind, examples }) => {
      expect((await judgeAll(kind, examples)).unexplained).toEqual([]);
    },
  );

  test('have examples of their own that are judged differently for this reason', async () => {
    const { kubeV3 } = await testbed();
    for (const { id, examples } of DIFFERENCES)
      for (const manifest of examples) {
        const { kind } = GROUNDS.find((ground) => ground.kind.kind === kindOfManifest(manifest))!;
        const found = await judge(kubeV3, kind, manifest);
        expect({ manifest, ...found, met: [...new Set(found.met)] }).toEqual({
          manifest,
          accepted: false,
          met: [id],
          unexplained: [],
        });
        met.add(id);
      }
  }, 60_000);

  test('are explained one by one', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/differences.md'), 'utf8');
    const [, section = ''] =
      /^## Verdicts that differ from the API server's\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(docs) ?? [];
    const explained = [...section.matchAll(/^\| `([A-Za-z0-9-]+)` \|/gm)].map(([, id]) => id!);
    expect(explained.toSorted()).toEqual(DIFFERENCES.map(({ id }) => id).toSorted());
  });

  afterAll(() => {
    // Every one of them exists: none was left over from a rule that has changed since.
    expect(DIFFERENCES.map(({ id }) => id).filter((id) => !met.has(id))).toEqual([]);
  });
});
