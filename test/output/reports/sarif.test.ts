import { describe, expect, test } from 'bun:test';
import { Errors } from 'typebox/schema';
import { replacementOf } from '../../../src/validation/fix/spelling.ts';
import { finding, marked, printed, report } from './reports.ts';
import { SARIF_SHAPE } from './sarif-shape.ts';

async function run(findings: Parameters<typeof report>[1], cwd?: string) {
  const { out, err } = await printed(
    report('sarif', findings, { replacement: replacementOf }),
    cwd === undefined ? {} : { cwd },
  );
  expect(err).toBe('');
  const log = JSON.parse(out);
  const [ok, errors] = Errors(SARIF_SHAPE, log);
  expect(ok ? [] : errors).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

const locationOf = async (file: string) =>
  (await run([finding({ place: { file, line: 1 } })])).results[0].locations[0].physicalLocation
    .artifactLocation.uri;

describe('-o sarif', () => {
  test('a result at its region, and the rule that it names', async () => {
    const { tool, columnKind, results } = await run([marked('😀: «10.0.0.1/8»')]);
    expect(columnKind).toBe('unicodeCodePoints');
    expect(tool.driver.name).toBe('calicoctl');
    expect(tool.driver.rules).toEqual([
      {
        id: 'CAL1000',
        shortDescription: { text: 'Doc of CAL1000.' },
        fullDescription: { text: 'Doc of CAL1000. Why CAL1000.' },
        help: {
          text: 'Run `calicoctl explain CAL1000`, or see docs/rules/CAL1000.md.',
          markdown: 'Run `calicoctl explain CAL1000`, or see docs/rules/CAL1000.md.',
        },
        defaultConfiguration: { level: 'error' },
      },
    ]);
    const { partialFingerprints, ...result } = results[0];
    expect(Object.keys(partialFingerprints)).toEqual(['calicoctlFinding/v1']);
    expect(result).toEqual({
      ruleId: 'CAL1000',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'IPPool(a): spec.cidr: "10.0.0.1/8" is wrong' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a.yaml' },
            region: { startLine: 7, startColumn: 4, endLine: 7, endColumn: 14 },
          },
          logicalLocations: [{ fullyQualifiedName: 'IPPool(a)/spec.cidr', kind: 'property' }],
        },
      ],
    });
  });

  test('a run without findings, findings without a place, rules that nobody knows', async () => {
    expect((await run([])).results).toEqual([]);
    const { resource: _, ...loose } = finding({ path: [], place: { file: 'a', line: 1, column: 2 } });
    const { results, tool } = await run([
      finding({ rule: 'CAL9999' }),
      loose,
      finding({ severity: 'warning' }),
    ]);
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['CAL1000', 'CAL9999']);
    expect(results.map((one: { ruleIndex: number }) => one.ruleIndex)).toEqual([1, 0, 0]);
    expect(results.map((one: { level: string }) => one.level)).toEqual(['error', 'error', 'warning']);
    expect(results[0].locations[0].physicalLocation).toBeUndefined();
    expect(results[1].locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: 'a' }, region: { startLine: 1, startColumn: 2 } } },
    ]);
  });

  test('files are addressed relative to the working folder', async () => {
    expect(await locationOf('./b/a b#1%.yaml')).toBe('b/a%20b%231%25.yaml');
    expect(await locationOf('/checkout/b/ü.yaml')).toBe('b/%C3%BC.yaml');
    expect(await locationOf('/other/ü.yaml')).toBe('file:///other/%C3%BC.yaml');
    expect(await locationOf('../a.yaml')).toBe('file:///a.yaml');
    expect(await locationOf('..a/b.yaml')).toBe('..a/b.yaml');
    expect(await locationOf('a:b.yaml')).toBe('a%3Ab.yaml');
    expect(await locationOf('.')).toBe('.');
    expect(await locationOf('-')).toBe('stdin');
  });

  test('what can be mended is proposed in the way it is written', async () => {
    const fix = { value: '10.0.0.0/8' };
    const texts = async (line: string) =>
      (await run([marked(line, { fix })])).results[0].fixes?.map(
        (one: { artifactChanges: { replacements: unknown[] }[] }) => one.artifactChanges[0]!.replacements[0],
      );
    const deletedRegion = { startLine: 7, startColumn: 4, endLine: 7, endColumn: 14 };
    expect(await texts('a: «10.0.0.1/8»')).toEqual([
      { deletedRegion, insertedContent: { text: '10.0.0.0/8' } },
    ]);
    expect((await texts('a: «"10.0.0.1/8"»'))[0].insertedContent).toEqual({ text: '"10.0.0.0/8"' });
    expect((await texts("a: «'10.0.0.1/8'»"))[0].insertedContent).toEqual({ text: "'10.0.0.0/8'" });
    expect(await texts('a: «&net 10.0.0.1/8»')).toBeUndefined();
  });

  test('fingerprints survive moves in the file and tell equal findings apart', async () => {
    const of = async (...findings: Parameters<typeof run>[0]) =>
      (await run(findings)).results.map(
        (one: { partialFingerprints: object }) => Object.values(one.partialFingerprints)[0],
      );
    const one = marked('a: «b»');
    const moved = { ...one, place: { ...one.place!, line: 99, end: { line: 99, column: 5 } } };
    expect(await of(one)).toEqual(await of(moved));
    const others = [
      { ...one, rule: 'CAL1001' },
      { ...one, resource: 'IPPool(b)' },
      { ...one, path: ['spec'] },
      { ...one, value: 'c' },
      { ...one, place: { ...one.place!, file: 'b.yaml' } },
    ];
    expect(new Set(await of(one, moved, ...others)).size).toBe(7);
  });
});
