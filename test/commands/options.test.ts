import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kebabCase } from '../../src/cli/argv.ts';
import { COMMANDS } from '../../src/cli/commands.ts';

/** Every option that a command declares is used in that command's test. */

describe('options', () => {
  for (const { words, load } of COMMANDS) {
    test(`of ${words.join(' ')} are all tried`, async () => {
      const text = readFileSync(join(import.meta.dirname, `${words.join('/')}.test.ts`), 'utf8');
      const untried = Object.entries((await load()).default.options)
        .filter(([name, { short }]) => {
          const forms = [`--${kebabCase(name)}`, ...(short === undefined ? [] : [`-${short}`])];
          return !forms.some((form) => new RegExp(`(?<![\\w-])${form}(?![\\w-])`).test(text));
        })
        .map(([name]) => `--${kebabCase(name)}`);
      expect(untried).toEqual([]);
    });
  }
});
