/** Writes what is generated from the code: indexes and reference pages. `--check` says what has drifted and fails. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GeneratedFile } from './generate/file.ts';
import { commandsIndex, kindsIndex, ruleIndexes } from './generate/indexes.ts';
import { pageAssets } from './generate/map.ts';

const root = join(import.meta.dirname, '..');

/** Folders that hold nothing but generated pages; a page there without a source is drift too. */
const GENERATED_FOLDERS = ['docs/commands', 'docs/kinds', 'docs/rules', 'manifests'];

/** Every generated file with the text it should have. The indexes come first: the pages are made through them. */
async function* generate(): AsyncGenerator<GeneratedFile> {
  yield await kindsIndex(root);
  yield await commandsIndex(root);
  yield* await ruleIndexes(root);
  yield* pageAssets(root);
  const { commandPages, kindPages } = await import('./generate/pages.ts');
  yield* await commandPages();
  yield* await kindPages();
  const { rulePages } = await import('./generate/rules.ts');
  yield* await rulePages();
  const { findingsPage } = await import('./generate/findings.ts');
  yield findingsPage();
  const { manifests } = await import('./generate/manifests.ts');
  yield* await manifests();
}

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

function pagesOnDisk(): string[] {
  return GENERATED_FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  });
}

const check = process.argv.includes('--check');
const drifted: string[] = [];
const known = new Set<string>();
for await (const { path, text } of generate()) {
  known.add(path);
  if (current(path) === text) continue;
  if (check) {
    drifted.push(path);
    continue;
  }
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
for (const path of pagesOnDisk().filter((page) => !known.has(page))) {
  if (check) drifted.push(path);
  else rmSync(join(root, path));
}
if (drifted.length > 0) {
  console.error(
    `These generated files are out of date; run \`npm run docs\`:\n${drifted.map((path) => `  ${path}`).join('\n')}`,
  );
  process.exit(1);
}
