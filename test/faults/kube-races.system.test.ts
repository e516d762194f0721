import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import { calicoctl, documents, type Folder, tally, temporaryFolder } from './program.ts';
import { labelLine, patchLine, race } from './race.ts';

const MODES = [
  { mode: 'v1', patches: 200, labels: 25 },
  { mode: 'v3', patches: 25, labels: 10 },
] as const;

for (const { mode, patches, labels } of MODES) {
  describe(`two processes on Kubernetes with the kinds of ${mode}`, () => {
    let kube: KubeVictim;
    let folder: Folder;
    beforeAll(async () => {
      kube = await startKubeVictim({ mode });
      folder = temporaryFolder();
    }, 60_000);
    afterAll(async () => {
      await kube.stop();
      folder.remove();
    });

    test(`lose none of ${patches} patches of one object each`, async () => {
      await race(kube.env, folder, patchLine, patches);
      await kube.clear();
    }, 120_000);

    test(`lose none of ${labels} labels of one object each`, async () => {
      await race(kube.env, folder, labelLine, labels);
      await kube.clear();
    }, 60_000);

    test('leave whole objects when they apply the same 100', async () => {
      const files = ['left', 'right'].map((mark) => folder.write(`${mark}.yaml`, documents(100, mark)));
      const both = await Promise.all(files.map((file) => calicoctl(['apply', '-f', file], kube.env)));
      expect(both.map(({ status, err }) => ({ status, err }))).toEqual(
        both.map(() => ({ status: 0, err: '' })),
      );
      const marks = [...(await kube.stored()).values()].map(({ mark }) => mark);
      const { left = 0, right = 0, ...others } = tally(marks);
      expect({ sum: left + right, others }).toEqual({ sum: 100, others: {} });
    }, 60_000);
  });
}
