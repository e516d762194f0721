import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Finding } from '../../../src/core/result.ts';
import { finding, marked, printed, report } from './reports.ts';

async function stderrOf(...findings: readonly Finding[]): Promise<string[]> {
  const { err } = await printed(report('text', findings));
  return err.split('\n');
}

/** The two lines of an excerpt. */
async function excerpt(line: string, given: Partial<Finding> = {}): Promise<[string, string]> {
  const lines = await stderrOf(marked(line, given));
  return lines.slice(2, 4) as [string, string];
}

describe('the report for people', () => {
  test('a finding is followed by its line and carets under the value', async () => {
    const { out, err, status } = await printed(report('text', [marked('  cidr: «10.0.0.1/8» # main')]));
    expect(status).toBe(1);
    expect(out).toBe('Partial success: validated 2 out of 3 resources\n');
    expect(err).toBe(
      [
        'Failed to validate: IPPool(a) has a problem:',
        '  a.yaml:7:9: spec.cidr: "10.0.0.1/8" is wrong [CAL1000]',
        '    7 |   cidr: 10.0.0.1/8 # main',
        '      |         ^^^^^^^^^^',
        '1 error',
        'Run `calicoctl explain CAL1000` to learn more about a rule.',
        '',
      ].join('\n'),
    );
  });

  test('findings of one resource are together by severity, in the order of their places', async () => {
    const at = (line: number, severity: Finding['severity'], resource: string) =>
      finding({ severity, resource, place: { file: 'a.yaml', line, column: 1 } });
    const lines = await stderrOf(
      at(3, 'error', 'Tier(a)'),
      at(2, 'warning', 'Tier(a)'),
      at(1, 'error', 'Tier(a)'),
      at(9, 'warning', 'Tier(b)'),
    );
    expect(lines.filter((line) => line !== '').map((line) => line.split(': spec')[0])).toEqual([
      'Failed to validate: Tier(a) has 2 problems:',
      '  a.yaml:1:1',
      '  a.yaml:3:1',
      'Warning: Tier(a) has a problem:',
      '  a.yaml:2:1',
      'Warning: Tier(b) has a problem:',
      '  a.yaml:9:1',
      '2 errors, 2 warnings',
      'Run `calicoctl explain CAL1000` to learn more about a rule.',
    ]);
  });

  test('what is no resource stands by itself, with its line', async () => {
    const place = { file: 'a.yaml', line: 2, column: 3 };
    const { resource: _, ...loose } = finding({ rule: 'CAL0002', path: [], place, source: 'a: [' });
    expect(await stderrOf(loose)).toEqual([
      'Failed to validate: a.yaml:2:3: is wrong [CAL0002]',
      '    2 | a: [',
      '      |   ^',
      '1 error',
      'Run `calicoctl explain CAL0002` to learn more about a rule.',
      '',
    ]);
  });

  test('no excerpt where no line is known, or nothing stands in it', async () => {
    for (const source of [undefined, '', '   ']) {
      const lines = await stderrOf(
        finding({ place: { file: 'a', line: 1 }, ...(source !== undefined && { source }) }),
      );
      expect(lines).toHaveLength(5);
    }
  });

  test('a line is not shown for each of a thousand findings in it', async () => {
    const lines = await stderrOf(...Array.from({ length: 1000 }, () => marked('  cidr: «10.0.0.1/8»')));
    expect(lines.filter((line) => line.includes('[CAL1000]'))).toHaveLength(1000);
    expect(lines.filter((line) => line.includes('^'))).toHaveLength(10);
  });

  test('suppressed findings are counted, a report without findings says nothing of them', async () => {
    const some = await printed(
      report('text', [finding({ severity: 'warning' })], { suppressed: 4, valid: 3 }),
    );
    expect(some.err).toContain('\n1 warning (4 suppressed)\n');
    const none = await printed(report('text', [], { suppressed: 4, valid: 3 }));
    expect(none).toEqual({ status: 0, out: 'Successfully validated 3 resource(s)\n', err: '' });
  });

  test('warnings fail only where they are asked to', async () => {
    const warning = [finding({ severity: 'warning' })];
    expect((await printed(report('text', warning))).status).toBe(0);
    expect((await printed(report('text', warning, { failOn: 'warning' }))).status).toBe(1);
  });

  test('colour on a terminal only, and never against the wish of its owner', async () => {
    const one = report('text', [marked('a: «b»')]);
    const { err } = await printed(one, { terminal: true });
    expect(err).toContain('\u001b[31mFailed to validate: IPPool(a) has a problem:\u001b[39m\n');
    expect(err).toContain('\u001b[31m\u001b[1m^\u001b[22m\u001b[39m\n');
    expect(err).toContain('\u001b[2m    7 |\u001b[22m a: b\n');
    const yellow = report('text', [marked('a: «b»', { severity: 'warning' })]);
    expect((await printed(yellow, { terminal: true })).err).toContain('\u001b[33mWarning: ');
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await printed(one, { terminal: true, env })).err).not.toContain('\u001b');
    expect((await printed(one)).err).not.toContain('\u001b');
  });

  test('--summary adds tables of rules and files', async () => {
    const place = { file: 'b.yaml', line: 1 };
    const findings = [finding({ rule: 'CAL2000', severity: 'warning', place }), finding(), finding()];
    const { err } = await printed(report('text', findings, { summary: true }));
    const words = err.split('\n').map((line) => line.split(/ {2,}/));
    expect(words.slice(words.findIndex(([first]) => first === 'RULE'))).toEqual([
      ['RULE', 'SEVERITY', 'COUNT', 'WHAT HAS TO HOLD'],
      ['CAL1000', 'error', '2', 'Doc of CAL1000.'],
      ['CAL2000', 'warning', '1', 'Doc of CAL2000.'],
      [''],
      ['FILE', 'ERRORS', 'WARNINGS'],
      ['b.yaml', '0', '1'],
      ['', '2', '0'],
      [''],
    ]);
  });
});

describe('carets', () => {
  test('a place without an end is one character', async () => {
    const place = { file: 'a.yaml', line: 7, column: 3 };
    expect(await excerpt('abcdef', { place })).toEqual(['    7 | abcdef', '      |   ^']);
  });

  test('a value of several lines is underlined to the end of its first', async () => {
    const place = { file: 'a.yaml', line: 7, column: 3, end: { line: 9, column: 2 } };
    expect(await excerpt('abcdef  ', { place })).toEqual(['    7 | abcdef', '      |   ^^^^']);
  });

  test('tabs, wide characters, combining ones and those beyond the first plane', async () => {
    expect(await excerpt('\ta: «b\t»')).toEqual(['    7 |     a: b', '      |        ^^^^^']);
    expect((await excerpt('日本: «語»'))[1]).toBe('      |       ^^');
    expect((await excerpt('e\u0301: «b»'))[1]).toBe('      |    ^');
    expect((await excerpt('😀: «b😀»'))[1]).toBe('      |     ^^^');
  });

  test('nothing in a line speaks to the terminal', async () => {
    const [line] = await excerpt('a\u001b[2J\u009b\u202e\u200b: «b»');
    expect(line).toBe('    7 | a\uFFFD[2J\uFFFD\uFFFD\uFFFD: b');
  });

  test('a long line is cut around the value', async () => {
    const [line, carets] = await excerpt(`${'x'.repeat(500)}«value»${'y'.repeat(500)}`);
    expect(line).toMatch(/^ {4}7 \| …x+valuey+…$/);
    expect(line.length).toBe(8 + 160 + 2);
    expect(carets.indexOf('^')).toBe(line.indexOf('value'));
    const [, long] = await excerpt(`a: «${'v'.repeat(5000)}»`);
    expect(long).toBe(`      |    ${'^'.repeat(120)}`);
    const [start] = await excerpt(`«v»${'y'.repeat(500)}`);
    expect(start).toBe(`    7 | v${'y'.repeat(159)}…`);
    const [end] = await excerpt(`${'x'.repeat(500)}«v»`);
    expect(end).toBe(`    7 | …${'x'.repeat(159)}v`);
  });

  test('they stand under the value whatever stands before it', async () => {
    const piece = fc.constantFrom(
      'a',
      '  ',
      '\t',
      '日',
      'é',
      'e\u0301',
      '한',
      '😀',
      '𝒳',
      '{',
      '"',
      'ｆ',
      '\u0007',
    );
    const text = (maxLength: number) => fc.array(piece, { maxLength }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text(400), text(400), async (before, after) => {
        const [line, carets] = await excerpt(`${before}«QZX»${after}`);
        const shown = line.slice(0, line.indexOf('QZX'));
        expect(carets.slice(carets.indexOf('^'))).toBe('^^^');
        expect(carets.indexOf('^')).toBe(Bun.stringWidth(shown));
        expect(Bun.stringWidth(line)).toBeLessThanOrEqual(8 + 162);
      }),
      { numRuns: 300 },
    );
  });
});
