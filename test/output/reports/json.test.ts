import { describe, expect, test } from 'bun:test';
import { finding, marked, printed, report } from './reports.ts';

async function json(...given: Parameters<typeof report> extends [unknown, ...infer R] ? R : never) {
  const { out, err } = await printed(report('json', ...given));
  expect(err).toBe('');
  return JSON.parse(out);
}

describe('-o json', () => {
  test('a finding with all that is known of it', async () => {
    const path = ['spec', 'ingress', 0, 'nets', 'a.b'];
    const one = marked('  - «10.0.0.1/8»', { path, fix: { value: '10.0.0.0/8' } });
    expect(await json([one], { suppressed: 2 })).toEqual({
      version: 1,
      totals: { resources: 3, valid: 2, errors: 1, warnings: 0, suppressed: 2 },
      findings: [
        {
          ...{ rule: 'CAL1000', severity: 'error', resource: 'IPPool(a)' },
          ...{ field: 'spec.ingress[0].nets["a.b"]', path, value: '10.0.0.1/8', message: 'is wrong' },
          ...{ file: 'a.yaml', line: 7, column: 5, endLine: 7, endColumn: 15 },
          fix: { value: '10.0.0.0/8' },
        },
      ],
    });
  });

  test('what is not known is absent', async () => {
    const { resource: _, ...loose } = finding({ path: [], severity: 'warning' });
    const { findings, totals } = await json([loose], { valid: undefined });
    expect(totals).toEqual({ resources: 3, errors: 0, warnings: 1, suppressed: 0 });
    expect(findings).toEqual([
      { rule: 'CAL1000', severity: 'warning', field: '', path: [], message: 'is wrong' },
    ]);
  });

  test('values keep their type; long ones are cut', async () => {
    const values = [null, 0, false, 2n ** 60n, { a: [1] }, 'x'.repeat(118), 'x'.repeat(119)];
    const { out } = await printed(
      report(
        'json',
        values.map((value) => finding({ value })),
      ),
    );
    const { findings } = JSON.parse(out) as { findings: { value: unknown; valueCut?: true }[] };
    expect(out).toContain('"value": 1152921504606846976,');
    expect(findings.map(({ value }) => value).toSpliced(3, 1)).toEqual([
      ...[null, 0, false, { a: [1] }, 'x'.repeat(118)],
      `"${'x'.repeat(116)}...`,
    ]);
    expect(findings.map(({ valueCut }) => valueCut ?? false)).toEqual([...Array(6).fill(false), true]);
  });

  test('--summary is part of the object', async () => {
    const place = { file: 'b.yaml', line: 1 };
    const findings = [
      finding({ rule: 'CAL9999', severity: 'warning', place }),
      finding(),
      finding({ place }),
    ];
    expect((await json(findings, { summary: true })).summary).toEqual({
      rules: [
        { rule: 'CAL1000', severity: 'error', count: 2, doc: 'Doc of CAL1000.' },
        { rule: 'CAL9999', severity: 'warning', count: 1 },
      ],
      files: [
        { file: 'b.yaml', errors: 1, warnings: 1 },
        { errors: 1, warnings: 0 },
      ],
    });
  });
});
