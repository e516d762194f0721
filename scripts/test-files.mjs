/** Which tests are which: `*.system.test.ts` need servers, the built executable or more than a moment. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

const all = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `./test/${name}`)
  .sort();

export const systemTests = all.filter((name) => name.endsWith('.system.test.ts'));
export const unitTests = all.filter((name) => !name.endsWith('.system.test.ts'));
