import { type CalicoctlError, formatError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { DataResult, ResourceSet, ResourcesResult, Result } from '../core/result.ts';
import { printFailure } from './stderr.ts';

/** Turns a result into bytes; returns the exit status. */
export async function render(result: Result, io: Io): Promise<number> {
  switch (result.type) {
    case 'text':
      await io.out(result.text);
      return printErrors(result.errors ?? [], io);
    case 'data':
      await io.out(await dataText(result));
      return 0;
    case 'diff': {
      const { diffText } = await import('./diff.ts');
      await io.out(diffText(result));
      return 0;
    }
    case 'table': {
      const { columnsTable } = await import('./formats/columns.ts');
      await io.out(columnsTable(result.headings, result.rows));
      return 0;
    }
    case 'grid': {
      const { gridText } = await import('./formats/grid.ts');
      await io.out(gridText(result));
      return 0;
    }
    case 'stream':
      for await (const chunk of result.chunks) await io.out(chunk);
      return result.status?.() ?? 0;
    case 'sequence': {
      let status = result.status ?? 0;
      for (const part of result.results) status = Math.max(status, await render(part, io));
      return status;
    }
    case 'outcome': {
      const { outcomeText } = await import('./outcome.ts');
      const { out, err, status } = outcomeText(result);
      if (out !== '') await io.out(out);
      if (err !== '') await printFailure(err, io);
      return status;
    }
    case 'report': {
      const { renderReport } = await import('./report.ts');
      return renderReport(result, io);
    }
    case 'resources':
      await renderResources(result, io);
      return printErrors(result.errors, io);
  }
}

async function dataText({ format, value, documents }: DataResult): Promise<string> {
  if (format === 'json') {
    const { toJson } = await import('./formats/json.ts');
    return `${toJson(documents ? { apiVersion: 'v1', kind: 'List', items: value } : value)}\n`;
  }
  const { toYaml } = await import('./formats/yaml.ts');
  if (!documents) return toYaml(value);
  return (value as readonly unknown[]).map((document) => `---\n${toYaml(document)}`).join('');
}

async function printErrors(errors: readonly CalicoctlError[], io: Io): Promise<number> {
  // Many that are refused for the same reason are told once.
  for (const text of new Set(errors.map(formatError))) await printFailure(`${text}\n`, io);
  return errors.length === 0 ? 0 : 1;
}

async function renderResources(result: ResourcesResult, io: Io): Promise<void> {
  const { format } = result;
  switch (format.type) {
    case 'ps':
    case 'wide':
    case 'columns':
      return renderTables(result.sets, io);
    case 'yaml':
    case 'json':
      return renderDocuments(result.sets, format.type, io);
    case 'name': {
      const { nameLines } = await import('./formats/names.ts');
      for (const set of result.sets)
        for await (const page of set.pages) await io.out(nameLines(page.items as never, set.list));
      return;
    }
    case 'template': {
      const { renderTemplate } = await import('./template/template.ts');
      await io.out(await renderTemplate(format.text, result));
    }
  }
}

/** A table needs all its cells before its first line, so a long list costs memory for its cells, not its resources. */
async function renderTables(sets: readonly ResourceSet[], io: Io): Promise<void> {
  const { columnsTable } = await import('./formats/columns.ts');
  for (const set of sets) {
    const rows: (readonly string[])[] = [];
    for await (const page of set.pages) for (const item of page.items) rows.push(set.cells(item));
    await io.out(columnsTable(set.headings, rows));
  }
}

async function renderDocuments(sets: readonly ResourceSet[], format: 'yaml' | 'json', io: Io): Promise<void> {
  const only = sets[0];
  if (sets.length === 1 && only?.list) return streamList(only, format, io);
  const documents = await Promise.all(sets.map(collect));
  const value = documents.length === 0 ? null : documents.length === 1 ? documents[0] : documents;
  if (format === 'yaml') {
    const { toYaml } = await import('./formats/yaml.ts');
    await io.out(toYaml(value));
  } else {
    const { toJson } = await import('./formats/json.ts');
    await io.out(`${toJson(value)}\n`);
  }
}

const API_VERSION = 'projectcalico.org/v3';

async function streamList(set: ResourceSet, format: 'yaml' | 'json', io: Io): Promise<void> {
  const metadata: { resourceVersion?: string } = {};
  const items = (async function* () {
    for await (const page of set.pages) {
      if (page.version !== undefined) metadata.resourceVersion = page.version;
      yield page.items;
    }
  })();
  const parts = { apiVersion: API_VERSION, kind: `${set.kind}List`, items, metadata: () => metadata };
  if (format === 'yaml') {
    const { yamlList } = await import('./formats/yaml.ts');
    for await (const chunk of yamlList(parts)) await io.out(chunk);
  } else {
    const { jsonList } = await import('./formats/json.ts');
    for await (const chunk of jsonList(parts)) await io.out(chunk);
    await io.out('\n');
  }
}

async function collect(set: ResourceSet): Promise<unknown> {
  const items: object[] = [];
  let version: string | undefined;
  for await (const page of set.pages) {
    items.push(...page.items);
    version = page.version;
  }
  return set.list
    ? { kind: `${set.kind}List`, apiVersion: API_VERSION, metadata: { resourceVersion: version }, items }
    : items[0];
}
