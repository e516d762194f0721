import { CalicoctlError, formatPath, isError, type Problem } from '../core/errors.ts';
import { applyResource } from '../operations/apply.ts';
import { startRun } from '../operations/guards/seen.ts';
import { initialise } from '../operations/initialise.ts';
import { isResourceRefusal } from '../operations/refusals.ts';
import { formatRef, type Kind, type Ref, type Resource, refOf } from '../resources/kind.ts';
import type { Manifest } from '../resources/manifest.ts';
import { READING } from '../resources/structure.ts';
import { type Examination, storedProblems } from './examination.ts';
import { type Found, keyOf, Watches } from './live/across.ts';
import { Listing, type ListingOptions } from './live/listing.ts';
import { Overlay } from './live/overlay.ts';
import { concerned, everyKind } from './live/reach.ts';
import type { AcrossRule, Subject } from './rule.ts';

export interface LiveOptions extends ListingOptions {
  readonly across: readonly AcrossRule[];
}

/** A document, and the object that it is of. */
interface Written {
  readonly subject: Subject;
  readonly ref: Ref;
  readonly place: Manifest['place'];
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
    this.#overlay = new Overlay(options.store);
    this.#before = new Watches(options.across);
    this.#after = new Watches(options.across);
  }

  refuse(...refusal: Parameters<Examination['refuse']>): void {
    this.#examination.refuse(...refusal);
  }

  take(manifest: Manifest): void {
    const subject = this.#examination.take(manifest);
    if (subject === undefined) return;
    const ref = named(subject);
    this.#wanted.add(formatRef(ref));
    this.#documents.push({ subject, ref, place: manifest.place });
  }

  /** Looks at everything that the datastore holds. Returns the kinds that may not be looked at. */
  async everything(): Promise<ReadonlySet<string>> {
    for (const kind of await everyKind()) {
      const keep = INITIAL.has(kind.kind);
      await this.#look(kind, keep, 'error', (resource) =>
        this.#after.see(this.#examination.takeStored(kind, resource)),
      );
    }
    this.#listing.end();
    await this.#initialise();
    for (const found of this.#after.faults(this.#listing.refused)) this.#tell(found);
    return this.#listing.refused;
  }

  /** Lays the documents over what the datastore holds. Returns the kinds that may not be looked at. */
  async overlaid(): Promise<ReadonlySet<string>> {
    const kinds = new Set(this.#documents.map(({ ref }) => ref.kind));
    const { all, asked } = await concerned(kinds, this.#options.across);
    for (const kind of all) {
      const keep = asked.has(kind) || INITIAL.has(kind.kind);
      await this.#look(kind, keep, 'warning', (resource, isWanted) => this.#see(kind, resource, isWanted));
    }
    this.#listing.end();
    if (all.some(({ kind }) => INITIAL.has(kind))) await this.#initialise();
    startRun(this.#overlay.face);
    const refused = new Set<string>();
    for (const document of this.#documents) await this.#apply(document, refused);
    this.#compare(refused);
    return this.#listing.refused;
  }

  /** Lists a kind; keeps what documents are of, or all of it. */
  async #look(
    kind: Kind,
    keepAll: boolean,
    severity: 'error' | 'warning',
    see: (resource: Resource, isWanted: boolean) => void,
  ): Promise<void> {
    const { namespace } = this.#options;
    const isMeant = (id: string) => keepAll || this.#wanted.has(id);
    let isComplete = true;
    for await (const { items, corrupt } of this.#listing.pages(kind)) {
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
    if (!isComplete || this.#listing.refused.has(kind.kind)) return;
    this.#overlay.complete(kind, (ref) => {
      const isListed = namespace === undefined || ref.namespace === undefined || ref.namespace === namespace;
      return isListed && isMeant(formatRef(ref));
    });
  }

  #refuseEntry(kind: Kind, reason: string, severity: 'error' | 'warning'): void {
    if (severity === 'error') this.#examination.count(kind);
    this.#examination.refuseStored(severity === 'error' ? reason : reason + ALREADY, severity);
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
    for (const problem of storedProblems(subject))
      this.#examination.tell(subject, [{ ...problem, message: `${problem.message}${ALREADY}` }], 'warning');
  }

  async #apply({ subject, ref, place }: Written, refused: Set<string>): Promise<void> {
    let { resource } = subject;
    try {
      resource = await applyResource(this.#overlay.face, { ref, resource, ...(place && { place }) });
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      if (isResourceRefusal(error)) this.#listing.refuse(subject.name, error);
      else if (isError(error, ...FAILURES)) throw error;
      else {
        const problems = problemsIn(error);
        this.#examination.tell(subject, problems, 'error');
        for (const { rule, path } of problems) refused.add(`${subject.ordinal} ${rule} ${formatPath(path)}`);
      }
      // What builds on it is not at fault.
      this.#overlay.lay(ref, resource);
    }
    this.#after.see({ ...subject, resource });
  }

  /** Faults between resources after the change; those that were there before it are not its doing. */
  #compare(refused: ReadonlySet<string>): void {
    const unseen = this.#listing.refused;
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
        if (!broken.has(ordinal)) this.#examination.count({ kind: resource.slice(0, resource.indexOf('(')) });
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
    this.#examination.tellAt(spot, { rule: rule.id, ...fault, message }, 'warning');
  }
}

/** Errors that say nothing about a document. */
const FAILURES = ['unavailable', 'timeout', 'unauthorized', 'cancelled', 'datastore', 'version'] as const;

function problemsIn({ message, errorClass, details }: CalicoctlError): readonly Problem[] {
  const { problems, fault } = details;
  const rule = errorClass === 'corrupt' ? READING.stored.id : READING.readOnly.id;
  return problems ?? [fault ?? { rule, path: [], message }];
}

/** Endpoints without a name get one from their spec. */
function named({ ref, kind, resource }: Subject): Ref {
  if (ref.name !== '' || kind.defaults === undefined) return ref;
  return { ...ref, name: kind.defaults(resource).metadata.name };
}
