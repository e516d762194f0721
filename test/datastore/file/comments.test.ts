import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pool, poolRef, withLabels, withSpec } from '../contract/objects.ts';
import { type FileEnvironment, openFileEnvironment } from './environment.ts';

/** What people write into manifests besides the manifest. */

let environment: FileEnvironment;
beforeEach(async () => {
  environment = await openFileEnvironment();
});
afterEach(() => environment.cleanup());

function text(path: string): string {
  return readFileSync(join(environment.directory, path), 'utf8');
}

describe('comments', () => {
  const COMMENTED = [
    '# Why this pool is here.',
    'kind: IPPool # the kind',
    'apiVersion: projectcalico.org/v3',
    '',
    '# Who we are.',
    'metadata:',
    '  name: a # its name',
    '  labels: {x: "1"}   # few',
    'spec:',
    '  # The range.',
    '  cidr: "10.0.0.0/16" # from the network team',
    '  natOutgoing: yes # talk to the world',
    '',
    '  # Where.',
    '  nodeSelector: all()',
    '# The end.',
    '',
  ].join('\n');

  test('and the text of fields that stay are kept by an update', async () => {
    environment.write('ippools/a.yaml', COMMENTED);
    const read = await environment.store.get(poolRef('a'));
    const next = withSpec(withLabels(read, { x: '2' }), { nodeSelector: 'zone == "a"', disabled: true });
    const updated = await environment.store.update(poolRef('a'), next);
    expect(text('ippools/a.yaml')).toBe(
      COMMENTED.replace('{x: "1"}   # few', "\n    x: '2'")
        .replace('labels: \n', 'labels:\n')
        .replace('nodeSelector: all()', 'nodeSelector: zone == "a"\n  disabled: true'),
    );
    expect(await environment.store.get(poolRef('a'))).toEqual(updated);
  });

  test('go with the field they stand above; a remark stays behind a changed value', async () => {
    environment.write('ippools/a.yaml', COMMENTED);
    const { spec, ...read } = await environment.store.get(poolRef('a'));
    const { nodeSelector: _, ...rest } = spec;
    await environment.store.update(poolRef('a'), { ...read, spec: { ...rest, cidr: '10.7.0.0/16' } });
    expect(text('ippools/a.yaml')).toBe(
      COMMENTED.replace('"10.0.0.0/16"', '10.7.0.0/16').replace('\n  # Where.\n  nodeSelector: all()\n', ''),
    );
  });

  test('at the head survive where the rest cannot be kept', async () => {
    environment.write('ippools/a.yaml', `# head\n{${JSON.stringify({ ...pool('a') }).slice(1)} # tail\n`);
    const read = await environment.store.get(poolRef('a'));
    await environment.store.update(poolRef('a'), withSpec(read, { disabled: true }));
    expect(text('ippools/a.yaml')).toStartWith('# head\napiVersion: projectcalico.org/v3\nkind: IPPool\n');
    expect((await environment.store.get(poolRef('a'))).spec['disabled']).toBe(true);
  });
});
