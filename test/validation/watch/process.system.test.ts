import { describe, expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start, temporaryFolder } from '../../faults/program.ts';

const pool = (cidr: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: ${cidr}}\n`;

/** The real program on real files: what it prints, piece by piece, and how it ends. */
function watching(folder: string, ...args: readonly string[]) {
  const { child, ended } = start(['validate', '-f', folder, '--watch', ...args], { HOME: folder });
  const texts = { out: '', err: '' };
  for (const name of ['out', 'err'] as const)
    child[name === 'out' ? 'stdout' : 'stderr']!.on('data', (text) => {
      texts[name] += text;
    });
  return {
    ...{ child, ended },
    /** What came since the last call, once it has these words. */
    async until(name: 'out' | 'err', words: string): Promise<string> {
      const late = Date.now() + 10_000;
      while (!texts[name].includes(words)) {
        if (Date.now() > late) throw new Error(`no ${words} in ${JSON.stringify(texts)}`);
        await Bun.sleep(10);
      }
      const { [name]: text } = texts;
      texts[name] = '';
      return text;
    },
  };
}

describe('validate --watch', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    test(`looks again at every change, and ends with 130 on ${signal}`, async () => {
      const at = temporaryFolder();
      at.write('a.yaml', pool('10.0.0.0/16'));
      const running = watching(at.path, '-R');
      expect(await running.until('out', '\n')).toBe("Successfully validated 1 'IPPool' resource(s)\n");
      await running.until('err', 'Watching');
      at.write('a.yaml', pool('10.0.0.0/33'));
      expect(await running.until('err', '1 error')).toMatch(
        /^.*\n?--- \d\d:\d\d:\d\d ---\nFailed to validate/,
      );
      mkdirSync(join(at.path, 'sub'));
      at.write('sub/new~', pool('10.0.0.0/34'));
      renameSync(join(at.path, 'sub/new~'), join(at.path, 'sub/b.yaml'));
      expect(await running.until('err', '2 errors')).toContain('b.yaml:4:14: spec.cidr: "10.0.0.0/34"');
      rmSync(join(at.path, 'sub'), { recursive: true });
      at.write('a.yaml', pool('10.1.0.0/16'));
      await running.until('out', "Successfully validated 1 'IPPool' resource(s)\n");
      running.child.kill(signal);
      expect((await running.ended).status).toBe(130);
      at.remove();
    });

  test('with --fix, mends what is written to it', async () => {
    const at = temporaryFolder();
    const path = at.write('a.yaml', pool('10.0.0.1/16'));
    const running = watching(at.path, '--fix');
    await running.until('err', 'spec.cidr: 10.0.0.1/16 -> 10.0.0.0/16');
    await running.until('out', 'Successfully');
    at.write('a.yaml', pool('10.2.0.1/16'));
    await running.until('err', 'spec.cidr: 10.2.0.1/16 -> 10.2.0.0/16');
    await running.until('out', 'Successfully');
    expect(await Bun.file(path).text()).toBe(pool('10.2.0.0/16'));
    running.child.kill('SIGINT');
    expect((await running.ended).status).toBe(130);
    at.remove();
  });
});
