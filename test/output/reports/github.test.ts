import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { finding, marked, printed, report } from './reports.ts';

async function lines(...findings: Parameters<typeof report>[1]): Promise<string[]> {
  const { out, err } = await printed(report('github', findings));
  expect(err).toBe('');
  return out.split('\n').slice(0, -1);
}

/** Reads a workflow command as the runner does. */
function parse(line: string) {
  const [, command, list, message] = /^::(\w+) ([^:]*)::(.*)$/s.exec(line)!;
  const decode = (text: string) =>
    text.replace(/%(25|0D|0A|3A|2C)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  const properties = list!.split(',').map((pair) => pair.split('=', 2) as [string, string]);
  return {
    command,
    ...Object.fromEntries(properties.map(([k, v]) => [k, decode(v)])),
    message: decode(message!),
  };
}

describe('-o github', () => {
  test('an annotation a finding', async () => {
    expect(await lines(marked('cidr: «10.0.0.1/8»'), finding({ severity: 'warning' }))).toEqual([
      '::error file=a.yaml,line=7,endLine=7,col=7,endColumn=17,title=CAL1000::IPPool(a): spec.cidr: "10.0.0.1/8" is wrong',
      '::warning title=CAL1000::IPPool(a): spec.cidr: is wrong',
    ]);
  });

  test('columns only within one line, files as the repository knows them, none for standard input', async () => {
    const end = { line: 9, column: 2 };
    const some = await lines(
      finding({ place: { file: './b/../a.yaml', line: 7, column: 3, end } }),
      finding({ place: { file: '-', line: 7, column: 3 } }),
      finding({ place: { file: 'gone.yaml' } }),
      finding({ place: { file: 'a.yaml', line: 7, column: 3 } }),
    );
    expect(some.map((line) => line.slice(0, line.indexOf('title')))).toEqual([
      '::error file=a.yaml,line=7,endLine=9,',
      '::error ',
      '::error file=gone.yaml,',
      '::error file=a.yaml,line=7,endLine=7,col=3,',
    ]);
  });

  test('files are named by their path in the repository also where a step works in a folder of it', async () => {
    const files = ['a.yaml', '../b.yaml', '/checkout/c.yaml', '../../d.yaml', '/e.yaml'];
    const all = report(
      'github',
      files.map((file) => finding({ place: { file } })),
    );
    const { out } = await printed(all, { cwd: '/checkout/sub', env: { GITHUB_WORKSPACE: '/checkout' } });
    expect([...out.matchAll(/file=([^,]*)/g)].map(([, file]) => file)).toEqual([
      ...['sub/a.yaml', 'b.yaml', 'c.yaml', '/d.yaml', '/e.yaml'],
    ]);
  });

  test('every text stays in its line and comes through', async () => {
    const text = fc.string({ unit: fc.constantFrom('%', '\r', '\n', ':', ',', '=', 'a', '::', '%0A') });
    await fc.assert(
      fc.asyncProperty(text, text, async (message, name) => {
        const file = `x${name.replaceAll('=', '')}`;
        const all = await lines(finding({ path: [], message, place: { file, line: 1 } }));
        expect(all).toHaveLength(1);
        expect(parse(all[0]!)).toEqual({
          ...{ command: 'error', file, line: '1', endLine: '1', title: 'CAL1000' },
          message: `IPPool(a): ${message}`,
        });
      }),
    );
  });
});
