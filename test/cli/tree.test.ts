import { describe, expect, test } from 'bun:test';
import { type CommandEntry, findCommand, type Target } from '../../src/cli/tree.ts';

const load = () => Promise.reject(new Error('not loaded'));
const commands: readonly CommandEntry[] = [
  { words: ['get'], summary: '', load },
  { words: ['config', 'view'], summary: '', load },
  { words: ['datastore', 'migrate', 'lock'], summary: '', load },
];

function find(...argv: string[]): unknown {
  const target: Target = findCommand(argv, commands, 'calicoctl');
  return target.type === 'help' ? { help: target.words } : { command: target.entry.words, rest: target.rest };
}

describe('which command is meant', () => {
  test.each([
    [['get', 'ippool', '-o', 'wide'], { command: ['get'], rest: ['ippool', '-o', 'wide'] }],
    [['-l', 'debug', 'get', 'ippool'], { command: ['get'], rest: ['-l', 'debug', 'ippool'] }],
    [
      ['--allow-version-mismatch', 'get', 'pool'],
      { command: ['get'], rest: ['--allow-version-mismatch', 'pool'] },
    ],
    [['--log-level=info', 'config', 'view'], { command: ['config', 'view'], rest: ['--log-level=info'] }],
    [
      ['datastore', '--context', 'a', 'migrate', 'lock'],
      { command: ['datastore', 'migrate', 'lock'], rest: ['--context', 'a'] },
    ],
    [[], { help: [] }],
    [['--help'], { help: [] }],
    [['help', 'config', 'view'], { help: ['config', 'view'] }],
    [['config'], { help: ['config'] }],
    [['config', 'nonsense'], { help: ['config'] }],
    [['datastore', 'migrate', '-h'], { help: ['datastore', 'migrate'] }],
  ])('%j', (argv, expected) => {
    expect(find(...argv)).toEqual(expected);
  });

  test('an unknown word at the root is refused, with the nearest command', () => {
    expect(() => find('gte')).toThrow('unknown command "gte" for "calicoctl" (did you mean "get"?)');
    expect(() => find('GET')).toThrow('unknown command "GET"');
  });

  test('flags of a command may not stand before it', () => {
    expect(() => find('-A', 'get', 'pool')).toThrow('unknown flag before the command: -A');
  });
});
