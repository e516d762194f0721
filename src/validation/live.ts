import { CalicoctlError, formatPath } from '../core/errors.ts';
import type { Severity } from '../core/result.ts';
import { startRun } from '../operations/guards/seen.ts';
import { initialise } from '../operations/initialise.ts';
import { isResourceRefusal } from '../operations/refusals.ts';
import type { Intent } from '../operations/write.ts';
import { formatRef, type Kind, type Ref, type Resource, refOf } from '../resources/kind.ts';
import type { Manifest } from '../resources/manifest.ts';
import { type Examination, storedProblems } from './examination.ts';
import { type Found, keyOf, Watches } from './live/across.ts';
import { Listing, type ListingOptions } from './live/listing.ts';
import { Overlay, type Takes } from './live/overlay.ts';
import { concerned, everyKind } from './live/reach.ts';
import { problemsOf, type Refusal, tryApply } from './live/trial.ts';
import type { AcrossRule, Subject } from './rule.ts';

export interface LiveOptions extends ListingOptions {
  readonly across: readonly AcrossRule[];
  readonly takes: Takes;
}

/** A document, and what is to be written for it. */
interface Written {
  readonly subject: Subject;
  readonly intent: Intent;
}

interface LookOptions {
  /** Keep all of it, not only what documents are of. */
  readonly keep: boolean;
  readonly isNeeded?: boolean;
  /** Of entries that cannot be decoded. */
  readonly severity: Severity;
}

/** Kinds of what every writing command makes where it is missing. */
const INITIAL: ReadonlySet<string> = new Set(['ClusterInformation', 'Tier']);

const ALREADY = ' (so already, without the change)';

/**
 * Examines what the datastore holds or, where there are documents, what it would hold after an apply of them. It lies
 * over an examination that knows of no rules across resources, and takes the documents in its place.
 */
export class LiveExamination {
  readonly #examination: Examination;
  readonly #options: LiveOptions;
  readonly #listing: Listing;
  readonly #overlay: Overlay;
  readonly #before: Watches;
  readonly #after: Watches;
  readonly #documents: Written[] = [];
  /** Objects that documents are of. */
  readonly #wanted = new Set<string>();

  constructor(examination: Examination, options: LiveOptions) {
    this.#examination = examination;
    this.#options = options;
    this.#listing = new Listing(options);
    this.#overlay = new Overlay(options.store, options.takes);
    this.#before = new Watches(options.across);
    this.#after = new Watches(options.across);
  }

  enter(file: string): Promise<void> {
    return this.#examination.enter(file);
  }

  refuse(...refusal: Parameters<Examination['refuse']>): void {
    this.#examination.refuse(...refusal);
  }

  take(manifest: Manifest): void {
    const subject = this.#examination.take(manifest);
    if (subject === undefined) return;
    const { place } = manifest;
    const ref = named(subject);
    this.#wanted.add(formatRef(ref));
    const intent = { ref, resource: subject.resource, ...(place && { place }) };
    this.#documents.push({ subject, intent });
  }

  /** Looks at everything that the datastore holds. Returns what may not be looked at. */
  async everything(): Promise<ReadonlySet<string>> {
    for (const kind of await everyKind()) {
      const keep = INITIAL.has(kind.kind);
      await this.#look(kind, { keep, severity: 'error' }, (resource) =>
        this.#after.see(this.#examination.takeStored(kind, resource)),
      );
    }
    this.#listing.end();
    await this.#initialise();
    for (const found of this.#after.faults(this.#listing.unseen)) this.#tell(found);
    return this.#listing.refused;
  }

  /** Lays the documents over what the datastore holds. Returns what may not be looked at. */
  async overlaid(): Promise<ReadonlySet<string>> {
    const kinds = new Set(this.#documents.map(({ intent }) => intent.ref.kind));
    const { all, asked, lintOnly } = await concerned(kinds, this.#options.across);
    for (const kind of all) {
      const keep = asked.has(kind) || INITIAL.has(kind.kind);
      const isNeeded = !lintOnly.has(kind);
      await this.#look(kind, { keep, isNeeded, severity: 'warning' }, (resource, isWanted) =>
        this.#see(kind, resource, isWanted),
      );
    }
    if (all.some(({ kind }) => INITIAL.has(kind))) await this.#initialise();
    startRun(this.#overlay.face);
    this.#compare(await this.#applyAll());
    return this.#listing.refused;
  }

  /** Lists a kind; keeps what documents are of, or all of it. */
  async #look(
    kind: Kind,
    { keep, isNeeded = true, severity }: LookOptions,
    see: (resource: Resource, isWanted: boolean) => void,
  ): Promise<void> {
    const { namespace } = this.#options;
    const isMeant = (id: string) => keep || this.#wanted.has(id);
    let isComplete = true;
    for await (const { items, corrupt } of this.#listing.pages(kind, isNeeded)) {
      for (const resource of items) {
        const ref = refOf(kind, resource);
        const id = formatRef(ref);
        if (isMeant(id)) this.#overlay.keep(ref, resource);
        see(resource, this.#wanted.has(id));
      }
      for (const { entry, reason } of corrupt) {
        isComplete = false;
        this.#refuseEntry(kind, reason.includes(entry) ? reason : `${entry}: ${reason}`, severity);
      }
    }
    if (!isComplete || this.#listing.unseen.has(kind.kind)) return;
    this.#overlay.complete(kind, (ref) => {
      const isListed = namespace === undefined || ref.namespace === undefined || ref.namespace === namespace;
      return isListed && isMeant(formatRef(ref));
    });
  }

  #refuseEntry(kind: Kind, reason: string, severity: Severity): void {
    if (severity === 'warning') {
      this.#examination.refuseStored(`${reason}${ALREADY}`, severity, { already: true });
      return;
    }
    this.#examination.count(kind);
    this.#examination.refuseStored(reason, severity);
  }

  /** What every writing command makes where it is missing is as good as there. */
  async #initialise(): Promise<void> {
    await initialise(this.#overlay.face).catch((error: unknown) => {
      if (!(error instanceof CalicoctlError)) throw error;
    });
    for (const { ref, resource } of this.#overlay.made)
      if (!this.#wanted.has(formatRef(ref))) this.#after.see(this.#examination.stored(ref.kind, resource));
  }

  /** A resource that stays as it is, unless there is a document of it. */
  #see(kind: Kind, resource: Resource, isWanted: boolean): void {
    const subject = this.#examination.stored(kind, resource);
    this.#before.see(subject);
    if (isWanted) return;
    this.#after.see(subject);
    const problems = storedProblems(subject).map((problem) => ({
      ...problem,
      message: `${problem.message}${ALREADY}`,
      already: true as const,
    }));
    this.#examination.tell(subject, problems, 'warning');
  }

  /** Returns what documents are refused for, as `ordinal rule path`. */
  async #applyAll(): Promise<ReadonlySet<string>> {
    const failed: (Written & { readonly refusal: Refusal })[] = [];
    for (const document of this.#documents) {
      const { resource, refusal } = await tryApply(this.#overlay, document.intent);
      this.#after.see({ ...document.subject, resource });
      if (refusal !== undefined) failed.push({ ...document, refusal });
    }
    const refused = new Set<string>();
    for (const { subject, intent, refusal } of failed) {
      if (isResourceRefusal(refusal.error)) {
        this.#listing.refuse(subject.name, refusal.error);
        continue;
      }
      const problems = await problemsOf(this.#overlay, intent, refusal);
      this.#examination.tell(subject, problems, 'error');
      for (const { rule, path } of problems) refused.add(`${subject.ordinal} ${rule} ${formatPath(path)}`);
    }
    return refused;
  }

  /** Faults between resources after the change; those that were there before it are not its doing. */
  #compare(refused: ReadonlySet<string>): void {
    const { unseen } = this.#listing;
    const before = new Set([...this.#before.faults(unseen)].map(keyOf));
    const ours = new Set(this.#documents.map(({ subject }) => subject.ordinal));
    const broken = new Set<number>();
    for (const found of this.#after.faults(unseen)) {
      const { ordinal, resource, path } = found.fault.spot;
      if (ours.has(ordinal)) {
        if (!refused.has(`${ordinal} ${found.rule.id} ${formatPath(path)}`)) this.#tell(found);
      } else if (before.has(keyOf(found))) {
        this.#tellAlready(found);
      } else {
        const isError = found.rule.severity.live === 'error';
        if (isError && !broken.has(ordinal))
          this.#examination.count({ kind: resource.slice(0, resource.indexOf('(')) });
        broken.add(ordinal);
        this.#tell(found);
      }
    }
  }

  #tell({ rule, fault: { spot, ...fault } }: Found): void {
    this.#examination.tellAt(spot, { rule: rule.id, ...fault }, rule.severity.live);
  }

  #tellAlready({ rule, fault: { spot, ...fault } }: Found): void {
    if (rule.severity.live === 'warning') return;
    const message = `${fault.message}${ALREADY}`;
    this.#examination.tellAt(spot, { rule: rule.id, ...fault, message, already: true }, 'warning');
  }
}

/** Endpoints without a name get one from their spec. */
function named({ ref, kind, resource }: Subject): Ref {
  if (ref.name !== '' || kind.defaults === undefined) return ref;
  return { ...ref, name: kind.defaults(resource).metadata.name };
}
