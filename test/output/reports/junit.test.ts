import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { finding, marked, printed, report } from './reports.ts';
import { type Element, parseXml } from './xml.ts';

/** What readers of JUnit's XML (Jenkins, GitLab, Azure) agree on: attributes and children of each element. */
const SHAPE: Readonly<
  Record<string, { needs: readonly string[]; may: readonly string[]; children: readonly string[] }>
> = {
  testsuites: { needs: [], may: ['name', 'tests', 'failures', 'errors', 'time'], children: ['testsuite'] },
  testsuite: {
    needs: ['name', 'tests'],
    may: ['name', 'tests', 'failures', 'errors', 'skipped', 'time'],
    children: ['testcase'],
  },
  testcase: {
    needs: ['name', 'classname'],
    may: ['name', 'classname', 'time'],
    children: ['failure', 'system-out'],
  },
  failure: { needs: [], may: ['message', 'type'], children: [] },
  'system-out': { needs: [], may: [], children: [] },
};

function checkShape({ name, attributes, children }: Element): void {
  const { needs, may, children: known } = SHAPE[name]!;
  expect(Object.keys(attributes).filter((key) => !may.includes(key))).toEqual([]);
  expect(needs.filter((key) => !(key in attributes))).toEqual([]);
  // The schemas want elements in this order.
  const order = children.map((child) => known.indexOf(child.name));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
  for (const key of ['tests', 'failures', 'errors', 'skipped', 'time'])
    if (key in attributes) expect(attributes[key]).toMatch(/^\d+$/);
  for (const child of children) checkShape(child);
}

async function junit(
  ...given: Parameters<typeof report> extends [unknown, ...infer R] ? R : never
): Promise<Element> {
  const { out, err } = await printed(report('junit', ...given));
  expect(err).toBe('');
  const root = parseXml(out);
  expect(root.name).toBe('testsuites');
  checkShape(root);
  return root;
}

describe('-o junit', () => {
  test('a suite a file, a case a resource, a failure an error', async () => {
    const examined = [
      { resource: 'IPPool(a)', file: 'a.yaml', line: 1 },
      { resource: 'Tier(b)', file: 'a.yaml', line: 9 },
      { resource: 'Tier(b)', file: 'b.yaml', line: 1 },
    ];
    const warning = marked('x: «y»', { severity: 'warning', rule: 'CAL2001', message: 'is odd' });
    const root = await junit([marked('cidr: «10.0.0.1/8»'), warning], { examined });
    expect(root.attributes).toMatchObject({ tests: '3', failures: '1', errors: '0' });
    expect(root.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: 'a.yaml', tests: '2', failures: '1' },
      { name: 'b.yaml', tests: '1', failures: '0' },
    ]);
    const [pool, tier] = root.children[0]!.children;
    expect(pool!.attributes).toMatchObject({ name: 'IPPool(a)', classname: 'a.yaml' });
    const [failure, output] = pool!.children;
    expect(failure!.attributes).toEqual({
      message: 'IPPool(a): spec.cidr: "10.0.0.1/8" is wrong',
      type: 'CAL1000',
    });
    expect(failure!.text).toBe('a.yaml:7:7: spec.cidr: "10.0.0.1/8" is wrong [CAL1000]');
    expect(output!.text).toBe('Warning: a.yaml:7:4: spec.cidr: "y" is odd [CAL2001]\n');
    expect(tier!.children).toEqual([]);
  });

  test('what is wrong with a resource is one failure: readers show one', async () => {
    const root = await junit([marked('a: «b»'), marked('a: «c»', { rule: 'CAL1001' })]);
    const [failure, ...others] = root.children[0]!.children[0]!.children;
    expect(others).toEqual([]);
    expect(failure!.attributes['message']).toBe('IPPool(a): spec.cidr: "b" is wrong (and 1 more)');
    expect(failure!.text.split('\n')).toEqual([
      'a.yaml:7:4: spec.cidr: "b" is wrong [CAL1000]',
      'a.yaml:7:4: spec.cidr: "c" is wrong [CAL1001]',
    ]);
  });

  test('warnings are failures where they make the command fail', async () => {
    const root = await junit([finding({ severity: 'warning' })], { failOn: 'warning' });
    expect(root.attributes).toMatchObject({ tests: '1', failures: '1' });
  });

  test('of two resources of one name the one before the place is meant', async () => {
    const examined = [1, 5, 9].map((line) => ({ resource: 'IPPool(a)', file: 'a.yaml', line }));
    const root = await junit([marked('a: «b»')], { examined });
    expect(root.children[0]!.children.map(({ children }) => children.length)).toEqual([0, 1, 0]);
  });

  test('what is no resource, and what came from no file, is a case too', async () => {
    const { resource: _, ...loose } = finding({ place: { file: 'a.yaml', line: 4, column: 1 } });
    const { resource: __, ...missing } = finding({ place: { file: 'c.yaml' } });
    const stdin = finding({ place: { file: '-', line: 1 } });
    const root = await junit([loose, missing, finding(), stdin], { examined: [{ resource: 'IPPool(a)' }] });
    expect(
      root.children.map((suite) => [suite.attributes['name'], suite.children[0]!.attributes['name']]),
    ).toEqual([
      ['resources', 'IPPool(a)'],
      ['a.yaml', 'document at line 4'],
      ['c.yaml', 'file'],
      ['standard input', 'IPPool(a)'],
    ]);
  });

  test('any text comes through, but for characters that XML has not', async () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...'&<>"\'\r\n\t]]>'),
        fc.constantFrom('\0', '\u001b', '\uffff', '\ud800', '😀'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(text, text, async (message, file) => {
        const root = await junit([finding({ message, place: { file } })]);
        const shown = (words: string) => words.replace(/[\0\u001b\uffff]|\ud800/g, '\uFFFD');
        const failure = root.children[0]!.children[0]!.children[0]!;
        expect(failure.attributes['message']).toBe(`IPPool(a): spec.cidr: ${shown(message)}`);
        expect(failure.text).toContain(shown(message));
        if (file !== '-') expect(root.children[0]!.attributes['name']).toBe(shown(file));
      }),
    );
  });
});
