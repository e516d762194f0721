import { afterAll, describe, expect, test } from 'bun:test';
import { commandOf, stage } from '../../scripts/generate/demonstration.ts';
import { checkedForm } from '../../src/operations/write.ts';
import { checkUpdate } from '../../src/resources/check.ts';
import { decodeDocument, decodeStored } from '../../src/resources/document.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { Examination } from '../../src/validation/examination.ts';
import { examineFiles } from '../../src/validation/files.ts';
import { acrossRules, lintRules } from '../../src/validation/index.ts';
import { allRules, type RuleEntry } from '../../src/validation/rulebook/index.ts';
import { ioWith, valuesOf } from '../input/support.ts';

/** Every rule is explained, and its examples do what they are there for. */

const rules = await allRules();
const across = await acrossRules();
const lint = await lintRules();
const scene = await stage();
afterAll(() => scene.remove());

/** What `validate` finds, each rule with its severity and once. */
async function found(text: string, live = false): Promise<string[]> {
  const examination = new Examination({ namespaces: {}, across, lint, live });
  await examineFiles(examination, { files: ['-'], recursive: false, skipEmpty: false, io: ioWith(text) });
  const { findings } = examination.finish();
  return [...new Set(findings.map(({ rule, severity }) => `${rule} ${severity}`))];
}

/** Ids that a command named at the end of its messages. */
function named(text: string): string[] {
  return [...new Set([...text.matchAll(/\[(CAL\d{4})\]/g)].map(([, id]) => id!))];
}

/** Ids of the update rules that a change of the stored object breaks. */
async function changeFaults(stored: string, changed: string): Promise<string[]> {
  const [before, after] = [valuesOf(stored), valuesOf(changed)].map(([value]) => value) as object[];
  const kind = await kindOf((after as { kind: string }).kind);
  const old = checkedForm(kind, decodeStored(kind, before).resource);
  const next = checkedForm(kind, decodeDocument(kind, after).resource);
  return [...new Set(checkUpdate(kind, next, old).map(({ rule }) => rule ?? ''))];
}

/** Rules that a plain `validate` sees broken in the one manifest. */
function isSeenAlone({ scope, command }: RuleEntry): boolean {
  return command === undefined && (scope === 'resource' || scope === 'across' || scope === 'lint');
}

test('ids are given once, in the form and in the range of their sort', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.filter((id) => !/^CAL[012]\d{3}$/.test(id))).toEqual([]);
  const warning = rules.filter(
    ({ scope, severity, offline }) => scope === 'lint' || (severity === 'warning' && offline === 'warning'),
  );
  const legal = rules.filter(({ id }) => id.startsWith('CAL2') || id === 'CAL1800');
  expect(warning.map(({ id }) => id)).toEqual(legal.map(({ id }) => id));
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('says what must hold and why, in sentences', () => {
    expect(rule.doc).toMatch(/\.$/);
    expect(rule.why).toMatch(/^\S.*\.$/s);
    expect(rule.why.length).toBeLessThan(400);
  });

  if (isSeenAlone(rule)) {
    test('is broken by its wrong example, which breaks no other', async () => {
      expect(await found(rule.wrong, true)).toEqual([`${id} ${rule.severity}`]);
    });
  } else {
    test('is broken by its wrong example when the command runs, and no other is', async () => {
      const { status, text } = await scene.run(rule, 'wrong');
      expect({ ids: named(text), status, text }).toEqual({ ids: [id], status: 1, text });
      if (rule.scope !== 'resource' && rule.wrong !== '') expect(await found(rule.wrong)).toEqual([]);
    });

    test('is kept by its right example when the command runs', async () => {
      const { status, text } = await scene.run(rule, 'right');
      expect({ ids: named(text), status, text }).toEqual({ ids: [], status: 0, text });
    });
  }

  if (rule.scope === 'update' && rule.command === undefined) {
    test('is what the change breaks', async () => {
      expect(await changeFaults(rule.stored ?? '', rule.wrong)).toEqual([id]);
      expect(await changeFaults(rule.stored ?? '', rule.right)).toEqual([]);
    });
  }

  test('has a right example that nothing is to be said against', async () => {
    expect(await found(rule.right)).toEqual([]);
    expect(await found(rule.right, true)).toEqual([]);
  });

  test('is shown by a command that looks at the manifest', () => {
    expect(commandOf(rule, 'right')).toContain('manifest.yaml');
  });
});
