import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatPath, formatValue, type Place } from '../../core/errors.ts';
import type { Io } from '../../core/io.ts';
import type { Finding, ReportResult, RuleSummary } from '../../core/result.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import { toJson } from '../formats/json.ts';
import { pathInRepository } from './repository.ts';
import { words } from './words.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** A log of SARIF 2.1.0 (OASIS) with one run. */
export async function sarifReport(report: ReportResult, io: Pick<Io, 'cwd' | 'env'>): Promise<string> {
  const ids = [...new Set(report.findings.map(({ rule }) => rule))].sort();
  const known = new Map((await report.explain(new Set(ids))).map((rule) => [rule.id, rule]));
  const fingerprints = new Fingerprints();
  const results = report.findings.map((finding) => {
    const uri = finding.place === undefined ? undefined : uriOf(finding.place.file, io);
    return {
      ruleId: finding.rule,
      ruleIndex: ids.indexOf(finding.rule),
      level: finding.severity,
      message: { text: words(finding) },
      locations: [locationOf(finding, uri)],
      partialFingerprints: { 'calicoctlFinding/v1': fingerprints.of(finding, uri) },
      ...fixesOf(finding, uri, report.replacement?.(finding)),
    };
  });
  const rules = ids.map((id) => descriptorOf(id, known.get(id)));
  const driver = {
    name: 'calicoctl',
    version: CALICO_VERSION,
    semanticVersion: CALICO_VERSION.slice(1),
    rules,
  };
  const runs = [{ tool: { driver }, columnKind: 'unicodeCodePoints', results }];
  return `${toJson({ $schema: SCHEMA, version: '2.1.0', runs })}\n`;
}

/** There is no `helpUri`: SARIF wants an absolute address, and the pages of the rules have no public one. */
function descriptorOf(id: string, rule: RuleSummary | undefined) {
  const more = `Run \`calicoctl explain ${id}\`, or see docs/rules/${id}.md.`;
  const help = { help: { text: more, markdown: more } };
  if (rule === undefined) return { id, ...help };
  return {
    id,
    shortDescription: { text: rule.doc },
    fullDescription: { text: rule.why === '' ? rule.doc : `${rule.doc} ${rule.why}` },
    ...help,
    defaultConfiguration: { level: rule.severity },
  };
}

function locationOf({ place, resource, path }: Finding, uri: string | undefined) {
  const region = place && regionOf(place);
  const field = path.length === 0 ? '' : formatPath(path);
  const fullyQualifiedName = [resource ?? '', field].filter((part) => part !== '').join('/');
  return {
    ...(uri !== undefined && { physicalLocation: { artifactLocation: { uri }, ...(region && { region }) } }),
    ...(fullyQualifiedName !== '' && {
      logicalLocations: [{ fullyQualifiedName, kind: field === '' ? 'object' : 'property' }],
    }),
  };
}

/** Without an end a region goes to the end of its line. */
function regionOf({ line, column, end }: Place) {
  if (line === undefined) return undefined;
  return {
    startLine: line,
    ...(column !== undefined && { startColumn: column }),
    ...(end && { endLine: end.line, endColumn: end.column }),
  };
}

function fixesOf({ place, fix, message }: Finding, uri: string | undefined, text: string | undefined) {
  if (place?.end === undefined || fix === undefined || uri === undefined || text === undefined) return {};
  const replacements = [{ deletedRegion: regionOf(place), insertedContent: { text } }];
  const artifactChanges = [{ artifactLocation: { uri }, replacements }];
  return { fixes: [{ description: { text: `Write ${text}: ${message}.` }, artifactChanges }] };
}

/** Relative to the repository where the file lies in it, percent-encoded. */
function uriOf(file: string, io: Pick<Io, 'cwd' | 'env'>): string {
  if (file === '-') return 'stdin';
  const path = pathInRepository(file, io);
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split(/[\\/]/).map(encodeURIComponent).join('/');
}

/** What tells a finding from all others, and is the same after lines were added above it. */
class Fingerprints {
  readonly #seen = new Map<string, number>();

  of({ rule, resource, path, value, message }: Finding, uri: string | undefined): string {
    const identity =
      resource === undefined
        ? [message]
        : [resource, ...path.map(String), value === undefined ? '' : formatValue(value)];
    const hash = createHash('sha256')
      .update(JSON.stringify([rule, uri ?? '', ...identity]))
      .digest('hex')
      .slice(0, 32);
    const before = this.#seen.get(hash) ?? 0;
    this.#seen.set(hash, before + 1);
    return `${hash}:${before + 1}`;
  }
}
