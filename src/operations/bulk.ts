import { CalicoctlError, type ErrorClass } from '../core/errors.ts';
import type { BulkVerb, OutcomeResult } from '../core/result.ts';
import { formatRef, type Ref } from '../resources/kind.ts';
import { type Manifest, problemsError } from '../resources/manifest.ts';
import { METADATA } from '../resources/structure.ts';
import { type NamespaceChoice, resolveRef } from './namespace.ts';
import { isResourceRefusal, Refusals } from './refusals.ts';
import type { Intent } from './write.ts';

/**
 * Many resources, as fast as is correct: resources of one kind that do not concern each other go at the same time,
 * all else waits for what came before it. Outcomes are reported in input order.
 */

/** Kinds whose objects are checked against each other or delete in several steps: one after the other. */
const ONE_BY_ONE: ReadonlySet<string> = new Set(['IPPool', 'Tier', 'Node']);

const INTERRUPTED = 'interrupted';

/** After these failures the next resource would fare no better, unless the error says that it concerns its own only. */
const STOPPING: { readonly [errorClass in ErrorClass]?: string } = {
  unavailable: 'the datastore does not answer',
  timeout: 'the datastore does not answer',
  unauthorized: 'the datastore refuses access',
  cancelled: INTERRUPTED,
};

export interface BulkOptions {
  readonly verb: BulkVerb;
  readonly namespaces: NamespaceChoice;
  /** Operations under way at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Errors that count as done, e.g. `already-exists` for --skip-exists. */
  readonly tolerate?: (error: unknown) => boolean;
  /** Told how many have ended, whenever one has. */
  readonly progress?: (ended: number) => void;
}

/** Runs `operation` over every manifest and says what became of them. Never throws for one resource's failure. */
export async function runBulk(
  manifests: AsyncIterable<Manifest> | Iterable<Manifest>,
  operation: (intent: Intent) => Promise<unknown>,
  options: BulkOptions,
): Promise<OutcomeResult> {
  const run = new BulkRun(operation, options);
  for await (const manifest of manifests) await run.take(manifest);
  return run.finish();
}

class BulkRun {
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly failures: { readonly index: number; readonly error: CalicoctlError }[] = [];
  private readonly unknown: { readonly index: number; readonly name: string }[] = [];
  private readonly refusals = new Refusals();
  private kinds = new Set<string>();
  private roomMade: () => void = () => {};
  private current: string | undefined;
  private total = 0;
  private handled = 0;
  private stopped: string | undefined;

  constructor(
    private readonly operation: (intent: Intent) => Promise<unknown>,
    private readonly options: BulkOptions,
  ) {}

  async take(manifest: Manifest): Promise<void> {
    const index = this.total++;
    this.kinds.add(manifest.kind.kind);
    if (this.isOver()) return;
    let intent: Intent;
    try {
      intent = intentOf(manifest, this.options.namespaces);
    } catch (error) {
      return this.fail(index, manifest.kind.kind, error);
    }
    await this.makeRoom(intent.ref);
    if (this.isOver() || this.refusals.leaveOut(intent.ref)) return;
    this.start(index, intent);
  }

  async finish(): Promise<OutcomeResult> {
    await Promise.all(this.inFlight.values());
    if (this.handled < this.total) this.isOver();
    const { verb } = this.options;
    const errors = this.failures.sort((a, b) => a.index - b.index).map(({ error }) => error);
    const unknown = this.unknown.sort((a, b) => a.index - b.index).map(({ name }) => name);
    const kind = this.kinds.size === 1 ? [...this.kinds][0] : undefined;
    const { stopped: why, total, handled } = this;
    const { leftOut } = this.refusals;
    return {
      ...{ type: 'outcome', verb, total, handled, kind, errors },
      ...(unknown.length > 0 && { unknown }),
      ...(leftOut.length > 0 && { leftOut }),
      ...(why !== undefined && { stopped: { why, interrupted: why === INTERRUPTED } }),
    };
  }

  private isOver(): boolean {
    if (this.options.signal.aborted) this.stopped ??= INTERRUPTED;
    return this.stopped !== undefined;
  }

  /** Waits until the object may be worked on: its kind's turn, nothing else on the same object, and a free place. */
  private async makeRoom({ kind, ...ref }: Ref): Promise<void> {
    const key = formatRef({ kind, ...ref });
    const alone = ONE_BY_ONE.has(kind.kind);
    if (this.current !== kind.kind || alone) await Promise.all(this.inFlight.values());
    this.current = kind.kind;
    await this.inFlight.get(key);
    while (this.inFlight.size >= this.options.concurrency)
      await new Promise<void>((resolve) => {
        this.roomMade = resolve;
      });
  }

  private start(index: number, intent: Intent): void {
    const key = formatRef(intent.ref);
    const work = this.operation(intent)
      .then(
        () => this.done(intent),
        (error: unknown) => {
          if (this.options.tolerate?.(error)) return this.done(intent);
          if (isResourceRefusal(error)) this.refusals.refused(intent.ref);
          this.fail(index, key, placed(error, intent));
        },
      )
      .finally(() => {
        this.inFlight.delete(key);
        this.roomMade();
        this.options.progress?.(this.handled + this.failures.length);
      });
    this.inFlight.set(key, work);
  }

  private done({ ref }: Intent): void {
    this.handled++;
    this.refusals.allowed(ref);
  }

  private fail(index: number, name: string, error: unknown): void {
    if (!(error instanceof CalicoctlError)) throw error;
    if (error.details.mayBeDone) this.unknown.push({ index, name });
    if (!this.isOver() && !isResourceRefusal(error)) this.stopped = STOPPING[error.errorClass];
    // Whoever interrupts need not be told so, but of what stays half done.
    if (error.errorClass !== 'cancelled' || error.details.cause instanceof CalicoctlError)
      this.failures.push({ index, error });
  }
}

/** What the datastore itself refuses, with where that stands in the input. */
function placed(error: unknown, { place }: Intent): unknown {
  const problems = error instanceof CalicoctlError ? error.details.problems : undefined;
  if (problems === undefined || place === undefined) return error;
  const { errorClass, message, details } = error as CalicoctlError;
  const found = problems.map((problem) => ({ place: place(problem.path, problem.at), ...problem }));
  return new CalicoctlError(errorClass, message, { ...details, problems: found });
}

/** What is meant by a manifest under the namespace flags; an empty name is refused. */
export function intentOf(manifest: Manifest, namespaces: NamespaceChoice): Intent {
  const { kind, resource, place } = manifest;
  if (resource.metadata.name === '' && kind.kind !== 'WorkloadEndpoint') {
    throw problemsError(
      'validation',
      kind.kind,
      [{ rule: METADATA.nameRequired.id, path: ['metadata', 'name'], message: 'is required' }],
      place,
    );
  }
  const ref = resolveRef(kind, resource.metadata.name, resource.metadata.namespace, namespaces);
  return { ref, resource, ...(place === undefined ? {} : { place }) };
}
