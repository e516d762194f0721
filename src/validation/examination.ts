import { CalicoctlError, type Problem } from '../core/errors.ts';
import type { Examined, Finding, Severity } from '../core/result.ts';
import { intentOf } from '../operations/bulk.ts';
import type { NamespaceChoice } from '../operations/namespace.ts';
import { checkedForm } from '../operations/write.ts';
import { check } from '../resources/check.ts';
import { formatRef } from '../resources/kind.ts';
import type { Manifest } from '../resources/manifest.ts';
import { READING } from '../resources/structure.ts';
import type { AcrossRule, LintRule, Spot, Subject } from './rule.ts';
import { NOTHING_SUPPRESSED, type Suppression } from './suppression.ts';

export interface ExaminationOptions {
  readonly namespaces: NamespaceChoice;
  /** Rules about all resources together, and those about single ones that only warn. */
  readonly across: readonly AcrossRule[];
  readonly lint: readonly LintRule[];
  readonly suppression?: Suppression;
  /** Whether the datastore's resources are among those examined. */
  readonly live?: boolean;
  /** Remember every resource, for formats that name those without findings too. */
  readonly listAll?: boolean;
}

type Line = (number: number) => string | undefined;

/**
 * Looks at resources one after the other and gathers what is wrong with them. Keeps findings, and of the resources
 * themselves only what rules about all together need.
 */
export class Examination {
  readonly #options: ExaminationOptions;
  readonly #suppression: Suppression;
  readonly #lint: LintOfKind;
  readonly #across: readonly { readonly rule: AcrossRule; readonly watch: ReturnType<AcrossRule['start']> }[];
  readonly #findings: { readonly ordinal: number; readonly finding: Finding }[] = [];
  readonly #invalid = new Set<number>();
  readonly #kinds = new Set<string>();
  readonly #examined: Examined[] = [];
  #ordinal = 0;
  #total = 0;
  #suppressed = 0;
  #unreadable = false;

  constructor(options: ExaminationOptions) {
    this.#options = options;
    this.#suppression = options.suppression ?? NOTHING_SUPPRESSED;
    this.#lint = lintByKind(options.lint);
    this.#across = options.across.map((rule) => ({ rule, watch: rule.start() }));
  }

  /** What could not be read as a resource. */
  refuse(error: CalicoctlError, line?: Line): void {
    this.#unreadable = true;
    const { problems, resource, fault, place } = error.details;
    const found = problems ?? [
      fault ?? { rule: READING.file.id, path: [], message: error.message, ...(place && { place }) },
    ];
    this.#report(this.#ordinal++, resource, found, 'error', line);
  }

  take(manifest: Manifest): void {
    const ordinal = this.#ordinal++;
    this.#total++;
    this.#kinds.add(manifest.kind.kind);
    let subject: Subject;
    try {
      const { ref } = intentOf(manifest, this.#options.namespaces);
      subject = subjectOf(manifest, ref, ordinal);
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      this.#refuseName(error, manifest, ordinal);
      return;
    }
    if (this.#options.listAll) this.#examined.push({ resource: subject.name, ...subject.start });
    this.#examine(subject, manifest);
  }

  finish() {
    const { live } = this.#options;
    for (const { rule, watch } of this.#across)
      for (const { spot, ...fault } of watch.faults()) {
        const severity = rule.severity[live ? 'live' : 'offline'];
        this.#add(spot, { rule: rule.id, ...fault }, severity);
      }
    this.#findings.sort((a, b) => a.ordinal - b.ordinal);
    return {
      total: this.#total,
      valid: this.#unreadable ? undefined : this.#total - this.#invalid.size,
      kind: this.#kinds.size === 1 ? [...this.#kinds][0] : undefined,
      findings: this.#findings.map(({ finding }) => finding),
      suppressed: this.#suppressed,
      examined: this.#examined,
    };
  }

  #examine(subject: Subject, manifest: Manifest): void {
    const { kind, resource } = subject;
    const { place, line } = manifest;
    const placed = (problem: Problem): Problem =>
      place === undefined ? problem : { place: place(problem.path, problem.at), ...problem };
    const errors = check(kind, checkedForm(kind, resource), 'validate').map(placed);
    this.#report(subject.ordinal, subject.name, errors, 'error', line, subject);
    for (const rule of this.#lint(kind.kind))
      for (const fault of rule.check(resource, kind))
        this.#report(
          subject.ordinal,
          subject.name,
          [placed({ rule: rule.id, ...fault })],
          'warning',
          line,
          subject,
        );
    for (const { rule, watch } of this.#across)
      if (rule.kinds === undefined || rule.kinds.includes(kind.kind)) watch.see(subject);
  }

  #refuseName(error: CalicoctlError, { place, line, resource }: Manifest, ordinal: number): void {
    const { problems, fault, resource: name = resource.kind } = error.details;
    const path = fault?.path ?? [];
    const at = place?.(path);
    const found = problems ?? [{ path, message: error.message, ...fault, ...(at && { place: at }) }];
    this.#report(ordinal, name, found, 'error', line);
  }

  #report(
    ordinal: number,
    resource: string | undefined,
    problems: readonly Problem[],
    severity: Severity,
    line: Line | undefined,
    subject?: Subject,
  ): void {
    for (const problem of problems) {
      const number = problem.place?.line;
      const source = number === undefined ? undefined : line?.(number);
      const { path, at, place } = problem;
      this.#add({ ordinal, resource: resource ?? '', path, at, place, source }, problem, severity, subject);
    }
  }

  #add(spot: Spot, problem: Omit<Problem, 'path'>, severity: Severity, subject?: Subject): void {
    const { ordinal, resource, path, at, place, source } = spot;
    const finding: Finding = {
      ...problem,
      ...{ rule: problem.rule ?? READING.file.id, severity, path },
      ...(resource !== '' && { resource }),
      ...(at !== undefined && { at }),
      ...(place !== undefined && { place }),
      ...(source !== undefined && { source }),
    };
    if (this.#suppression.hides(finding, subject?.resource)) {
      this.#suppressed++;
      return;
    }
    if (severity === 'error') this.#invalid.add(ordinal);
    this.#findings.push({ ordinal, finding });
  }
}

type LintOfKind = (kind: string) => readonly LintRule[];

function lintByKind(rules: readonly LintRule[]): LintOfKind {
  const byKind = new Map<string, readonly LintRule[]>();
  return (kind) => {
    let found = byKind.get(kind);
    if (found === undefined) {
      found = rules.filter(({ kinds }) => kinds === undefined || kinds.includes(kind));
      byKind.set(kind, found);
    }
    return found;
  };
}

function subjectOf(
  { kind, resource, place, line, start }: Manifest,
  ref: Subject['ref'],
  ordinal: number,
): Subject {
  const name = formatRef(ref);
  return {
    ...{ kind, ref, resource, name, ordinal, start },
    spot(path, at) {
      const found = place?.(path, at);
      const source = found?.line === undefined ? undefined : line?.(found.line);
      return { ordinal, resource: name, path, at, place: found, source };
    },
  };
}
