import { describe, expect, test } from 'bun:test';
import { kebabCase, parseWords } from '../../src/cli/argv.ts';
import type { Options } from '../../src/kit/options.ts';

const options = {
  output: { type: 'text', short: 'o', value: 'FORMAT', doc: '' },
  filename: { type: 'list', short: 'f', value: 'FILE', doc: '' },
  skipExists: { type: 'flag', doc: '' },
  allNamespaces: { type: 'flag', short: 'A', doc: '' },
  skipNotExists: { type: 'flag', short: 's', doc: '' },
  namespace: { type: 'text', short: 'n', value: 'NAMESPACE', doc: '' },
} as const satisfies Options;

function read(...argv: string[]) {
  const { values, words, help } = parseWords(argv, options);
  return { ...values, words, ...(help ? { help } : {}) };
}

describe('flags in the forms of the reference', () => {
  test.each([
    [['--output', 'json'], { output: 'json', words: [] }],
    [['--output=json'], { output: 'json', words: [] }],
    [['-o', 'json'], { output: 'json', words: [] }],
    [['-ojson'], { output: 'json', words: [] }],
    [['-o=json'], { output: 'json', words: [] }],
    [['-o', 'wide', '-o', 'json'], { output: 'json', words: [] }],
    [['-An', 'ns1'], { allNamespaces: true, namespace: 'ns1', words: [] }],
    [['-sf', 'a.yaml'], { skipNotExists: true, filename: ['a.yaml'], words: [] }],
    [['-sf=a.yaml', '-f', 'b.yaml'], { skipNotExists: true, filename: ['a.yaml', 'b.yaml'], words: [] }],
    [['--skip-exists=true'], { skipExists: true, words: [] }],
    [['--skip-exists', '--skip-exists=F'], { skipExists: false, words: [] }],
    [['x', '-o', '-', 'y'], { output: '-', words: ['x', 'y'] }],
    [['-f', '-'], { filename: ['-'], words: [] }],
    [['-n', '-A'], { namespace: '-A', words: [] }],
    [['-o', 'json', '--', '-x', '--help'], { output: 'json', words: ['-x', '--help'] }],
    [['pool', '-h'], { words: ['pool'], help: true }],
    [['-Ah'], { allNamespaces: true, words: [], help: true }],
  ])('%j', (argv, expected) => {
    expect(read(...argv)).toEqual(expected as never);
  });

  test.each([
    [['--nope'], 'unknown flag: --nope'],
    [['--out', 'json'], 'unknown flag: --out'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-f'], 'flag needs an argument: -f FILE'],
    [['--output'], 'flag needs an argument: --output FORMAT'],
    [
      ['--skip-exists=perhaps'],
      'invalid argument "perhaps" for "--skip-exists" flag: true or false is needed',
    ],
    [['-A=2'], 'invalid argument "2" for "-A" flag: true or false is needed'],
  ])('%j is refused', (argv, message) => {
    expect(() => read(...argv)).toThrow(message);
  });
});

test('names become words joined by dashes', () => {
  expect(['output', 'skipNotExists', 'allNamespacesA'].map(kebabCase)).toEqual([
    'output',
    'skip-not-exists',
    'all-namespaces-a',
  ]);
});
