/** Records custom resource definitions as lines: `bun test/resources/crd/record.ts FOLDER-OF-JSON KIND...` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOfDefinition } from './flatten.ts';

interface Recorded {
  readonly groups: Readonly<
    Record<string, { readonly schema: { readonly properties: Record<string, object> } }>
  >;
}

const [folder = '.', ...kinds] = process.argv.slice(2);
for (const kind of kinds) {
  const { groups } = JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) as Recorded;
  const { spec, status } = groups['projectcalico.org/v3']!.schema.properties;
  const lines = [
    ...linesOfDefinition(spec as Readonly<Record<string, unknown>>, 'spec'),
    ...(status === undefined ? [] : linesOfDefinition(status as Readonly<Record<string, unknown>>, 'status')),
  ];
  writeFileSync(join(import.meta.dirname, `${kind.toLowerCase()}.txt`), `${lines.join('\n')}\n`);
}
