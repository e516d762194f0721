import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { workspace } from './commands/run.ts';
import { compiled, faultsOf } from './resources/jsonschema.ts';

/** docs/editors.md, done: its commands are run, its files are what it says. */

const text = readFileSync(join(resolve(import.meta.dirname, '..'), 'docs/editors.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1]!,
  );
}

test('every command and every file of docs/editors.md does what it says', async () => {
  const space = await workspace();
  try {
    const [manifest = ''] = blocks('yaml');
    await space.write('calico/pool.yaml', manifest);
    const steps = blocks('console').flatMap((block) => block.split(/^\$ /m).slice(1));
    expect(steps.length).toBeGreaterThan(4);
    for (const step of steps) {
      const [line = '', ...lines] = step.trimEnd().split('\n');
      const [command = '', file] = line.split(' > ');
      const { out, status } = await space.calicoctl(command.split(' ').slice(1));
      expect([line, status]).toEqual([line, 0]);
      if (file !== undefined) await space.write(file, out);
      const shown = lines.filter((shownLine) => shownLine !== '…');
      expect([line, ...out.split('\n').slice(0, shown.length)]).toEqual([line, ...shown]);
      if (!lines.includes('…') && file === undefined) expect(out).toBe(`${lines.join('\n')}\n`);
    }
    const schema = /\$schema=(\S+)/.exec(manifest)![1]!;
    const [settings = '{}'] = blocks('json');
    expect(Object.keys((JSON.parse(settings) as { 'yaml.schemas': object })['yaml.schemas'])).toEqual([
      `./${schema}`,
    ]);
    expect(JSON.parse(await space.read(schema))).toMatchObject({ $id: 'urn:calicoctl:v3.32.0:manifests' });
    const validate = compiled(JSON.parse(await space.read('ippool.schema.json')) as object);
    expect(faultsOf(validate, load(manifest))).toEqual([]);
  } finally {
    await space.remove();
  }
});
