import { CalicoctlError, formatPath, type Problem } from '../core/errors.ts';
import type { Examined, Finding, Severity } from '../core/result.ts';
import { intentOf } from '../operations/bulk.ts';
import type { NamespaceChoice } from '../operations/namespace.ts';
import { checkedForm, writtenForm } from '../operations/write.ts';
import { check } from '../resources/check.ts';
import { type Kind, type Resource, refOf } from '../resources/kind.ts';
import type { Manifest } from '../resources/manifest.ts';
import { READING } from '../resources/structure.ts';
import type { AcrossRule, LintRule, Spot, Subject } from './rule.ts';
import { placing, subjectOf } from './subject.ts';
import { IGNORE_ANNOTATION, NOTHING_SUPPRESSED, type Suppression } from './suppression.ts';

export interface ExaminationOptions {
  readonly namespaces: NamespaceChoice;
  /** Rules about all resources together, and those about single ones that only warn. */
  readonly across: readonly AcrossRule[];
  readonly lint: readonly LintRule[];
  readonly suppression?: Suppression;
  /** Whether the datastore's resources are among those examined. */
  readonly live?: boolean;
  /** Documents are examined as they would be written into the datastore, not as they are. */
  readonly written?: boolean;
  /** Remember every resource, for formats that name those without findings too. */
  readonly listAll?: boolean;
}

/** A problem, and whether the datastore has it already. */
type Told = Problem & Pick<Finding, 'already'>;

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
  readonly #told = new Set<string>();
  /** What resources say of warnings, by ordinal. */
  readonly #ignored = new Map<number, string>();
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

  /** Resources of a file come next. */
  enter(file: string): Promise<void> {
    return this.#suppression.enter(file);
  }

  /** What could not be read as a resource. */
  refuse(error: CalicoctlError, line?: Line): void {
    this.#unreadable = true;
    const { problems, resource, fault, place, hint } = error.details;
    const said = fault ?? {
      rule: READING.file.id,
      path: [],
      message: error.message,
      ...(place && { place }),
    };
    const message = hint === undefined ? said.message : `${said.message}. ${hint.replace(/\.$/, '')}`;
    const found = problems ?? [{ ...said, message }];
    this.#report(this.#ordinal++, resource, found, 'error', line);
  }

  /** A resource of the input; undefined where it cannot be told which one is meant. */
  take(manifest: Manifest): Subject | undefined {
    const ordinal = this.#ordinal++;
    this.count(manifest.kind);
    let subject: Subject;
    try {
      const { ref } = intentOf(manifest, this.#options.namespaces);
      subject = subjectOf(manifest, ref, ordinal);
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      this.#refuseName(error, manifest, ordinal);
      return undefined;
    }
    if (this.#options.listAll) this.#examined.push({ resource: subject.name, ...subject.start });
    this.#examine(subject, manifest, this.#problemsOf(manifest));
    return subject;
  }

  #problemsOf({ kind, resource }: Manifest): readonly Problem[] {
    return this.#options.written
      ? check(kind, writtenForm(kind, resource))
      : check(kind, checkedForm(kind, resource), 'validate');
  }

  /** A resource that the datastore holds, with the rules of writes. */
  takeStored(kind: Kind, resource: Resource): Subject {
    const subject = this.stored(kind, resource);
    this.count(kind);
    if (this.#options.listAll) this.#examined.push({ resource: subject.name });
    this.#examine(subject, { kind, resource }, storedProblems(subject));
    return subject;
  }

  /** A resource that the datastore holds, not examined. */
  stored(kind: Kind, resource: Resource): Subject {
    const subject = subjectOf({ kind, resource }, refOf(kind, resource), this.#ordinal++);
    this.#note(subject);
    return subject;
  }

  /** What else is wrong with a resource. What is known is not told again. */
  tell(subject: Subject, problems: readonly Told[], severity: Severity): void {
    for (const { path, at, ...problem } of problems) this.tellAt(subject.spot(path, at), problem, severity);
  }

  tellAt(spot: Spot, problem: Omit<Told, 'path'>, severity: Severity): void {
    this.#add(spot, problem, severity);
  }

  /** A resource that counts among those looked at. */
  count({ kind }: Pick<Kind, 'kind'>): void {
    this.#total++;
    this.#kinds.add(kind);
  }

  /** What the datastore holds but cannot be decoded. */
  refuseStored(message: string, severity: Severity, already: Pick<Finding, 'already'> = {}): void {
    const spot = { ordinal: this.#ordinal++, resource: '', path: [] };
    this.#add(spot, { rule: READING.stored.id, message, ...already }, severity);
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

  #examine(subject: Subject, { place, line }: Manifest, problems: readonly Problem[]): void {
    const { kind, resource } = subject;
    this.#note(subject);
    const placed = placing(place);
    this.#report(subject.ordinal, subject.name, problems.map(placed), 'error', line);
    for (const rule of this.#lint(kind.kind))
      for (const fault of rule.check(resource, kind))
        this.#report(subject.ordinal, subject.name, [placed({ rule: rule.id, ...fault })], 'warning', line);
    for (const { rule, watch } of this.#across)
      if (rule.kinds === undefined || rule.kinds.includes(kind.kind)) watch.see(subject);
  }

  #note({ ordinal, resource }: Subject): void {
    const ignored = resource.metadata.annotations?.[IGNORE_ANNOTATION];
    if (ignored !== undefined) this.#ignored.set(ordinal, ignored);
  }

  /** Of a resource that cannot be told from others: why, and what else is wrong with it by itself. */
  #refuseName(error: CalicoctlError, manifest: Manifest, ordinal: number): void {
    const { place, line, resource } = manifest;
    const { problems, fault, resource: name = resource.kind } = error.details;
    const found = problems ?? [{ path: fault?.path ?? [], message: error.message, ...fault }];
    const told = new Set(found.map(({ path }) => formatPath(path)));
    const others = this.#problemsOf(manifest).filter(({ path }) => !told.has(formatPath(path)));
    this.#report(ordinal, name, [...found, ...others].map(placing(place)), 'error', line);
  }

  #report(
    ordinal: number,
    resource: string | undefined,
    problems: readonly Problem[],
    severity: Severity,
    line: Line | undefined,
  ): void {
    for (const problem of problems) {
      const number = problem.place?.line;
      const source = number === undefined ? undefined : line?.(number);
      const { path, at, place } = problem;
      this.#add({ ordinal, resource: resource ?? '', path, at, place, source }, problem, severity);
    }
  }

  #add(spot: Spot, problem: Omit<Told, 'path'>, severity: Severity): void {
    const { ordinal, resource, path, at, place, source } = spot;
    if (this.#options.written && this.#isTold(spot, problem)) return;
    const finding: Finding = {
      ...problem,
      ...{ rule: problem.rule ?? READING.file.id, severity, path },
      ...(resource !== '' && { resource }),
      ...(at !== undefined && { at }),
      ...(place !== undefined && { place }),
      ...(source !== undefined && { source }),
    };
    if (this.#suppression.hides(finding, this.#ignored.get(ordinal))) {
      this.#suppressed++;
      return;
    }
    if (severity === 'error') this.#invalid.add(ordinal);
    this.#findings.push({ ordinal, finding });
  }

  /** A write is refused for what was found in the document already. */
  #isTold({ ordinal, path }: Spot, { rule, message }: Omit<Problem, 'path'>): boolean {
    const key = `${ordinal} ${rule} ${formatPath(path)} ${message}`;
    const isTold = this.#told.has(key);
    this.#told.add(key);
    return isTold;
  }
}

/** What is wrong with a resource as the datastore holds it. */
export function storedProblems({ kind, resource }: Subject): readonly Problem[] {
  return check(kind, checkedForm(kind, resource));
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
