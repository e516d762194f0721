/** Everything that support asks for of a cluster, in one archive. */
import { type Bundle, type Link, openBundle } from '../../bundle/bundle.ts';
import type { Step } from '../../bundle/recorder.ts';
import type { StepResult } from '../../bundle/step.ts';
import { countLine, shortcomings } from '../../bundle/summary.ts';
import { formatError, isError } from '../../core/errors.ts';
import type { StreamResult } from '../../core/result.ts';
import type { Cluster } from '../../datastore/cluster.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { calicoSteps, ipamStep } from './calico.ts';
import { closerSteps } from './closer.ts';
import { clusterSteps } from './cluster-wide.ts';
import { factsOf, stamp } from './facts.ts';
import { openLines } from './lines.ts';
import type { Watch } from './lists.ts';
import type { DiagsOptions } from './options.ts';
import { demandWritable, packedAs } from './place.ts';
import { secretSteps, secretTold } from './secrets.ts';
import { servedOf } from './served.ts';

export interface Surroundings {
  /** Opens the Kubernetes around Calico; asked once. */
  readonly cluster: () => Promise<Cluster>;
  /** Opens the datastore of Calico; asked once. */
  readonly datastore: () => Promise<Datastore>;
  /** Calico's resources are not objects of this Kubernetes. */
  readonly elsewhere: boolean;
  /** Where the archive is put. */
  readonly cwd: string;
  /** Where temporary files are put. */
  readonly temporary: string;
  readonly keepTemporary: boolean;
  /** Ctrl-C: what was collected is still packed. */
  readonly signal: AbortSignal;
  /** Takes a line for standard error. */
  readonly remark: (line: string) => void;
  readonly now: Date;
}

/** Collects, telling what is done; the exit status is 1 without Kubernetes or an archive, and 130 where Ctrl-C ended it early. */
export function collectDiags(options: DiagsOptions, around: Surroundings): StreamResult {
  const lines = openLines();
  let status = 0;
  const chunks = async function* () {
    let failure: unknown;
    const work = collect(options, around, lines.say)
      .then((ended) => {
        status = ended;
      })
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(lines.end);
    yield* lines.chunks;
    await work;
    if (failure !== undefined) throw failure;
  };
  return { type: 'stream', chunks: chunks(), status: () => status };
}

type Say = (line: string) => void;

const UNSUPPORTED = 'unsupported.operator.tigera.io';

async function collect(options: DiagsOptions, around: Surroundings, say: Say): Promise<number> {
  const { cwd, temporary, keepTemporary, signal, remark, now } = around;
  await demandWritable(cwd);
  say('==== Begin collecting diagnostics. ====');
  const root = `calico-diagnostics-${stamp(now)}`;
  const bundle = await openBundle({ parent: temporary, prefix: 'calicoctl-diags-', root });
  say(`Created temporary directory: ${bundle.folder}`);
  let keep = keepTemporary;
  try {
    const { unsupported, links, server } = await fill(bundle, options, around, say);
    if (unsupported.size > 0) {
      say('\n==== WARNING: Unsupported annotation usage detected in the cluster ====');
      const list = `${[...unsupported].sort().join('\n')}\n`;
      await bundle.run([
        {
          name: 'files with unsupported annotations',
          work: ({ text }) => text('files_with_unsupported_annotation.txt', list),
        },
      ]);
    }
    for (const line of shortcomings(bundle.results.filter(({ outcome }) => outcome === 'failed')))
      remark(line);
    const interrupted = signal.aborted;
    const about = {
      title: 'Diagnostics of a Calico cluster',
      facts: factsOf(options, { server, now, interrupted }),
    };
    say('\n==== Producing a diagnostics bundle. ====');
    const file = await packedAs(cwd, root, (path) => bundle.save(path, about, links)).catch((error) => {
      say(`Could not create new archive ./${root}.tar.gz: ${formatError(error)}`);
      // What took long to collect is not thrown away, unless it is itself what fills the disk.
      keep ||= !(isError(error, 'input') && error.details.resource === bundle.folder);
      throw error;
    });
    say(`Diagnostic bundle created at ./${file}`);
    remark(countLine(bundle.results));
    if (interrupted) remark('interrupted: the bundle holds what had been collected until then');
    return interrupted ? 130 : server === undefined ? 1 : 0;
  } finally {
    if (keep) {
      bundle.keep();
      remark(`the temporary folder ${bundle.folder} was kept`);
    } else await bundle.remove();
  }
}

interface Filled {
  /** Files that name unsupported annotations. */
  readonly unsupported: ReadonlySet<string>;
  readonly links: readonly Link[];
  /** The API server; undefined where there was none to ask. */
  readonly server: string | undefined;
}

/** Runs all steps. */
async function fill(bundle: Bundle, options: DiagsOptions, around: Surroundings, say: Say): Promise<Filled> {
  const { datastore, elsewhere, signal } = around;
  const { maxParallelism } = options;
  const found = {
    unsupported: new Set<string>(),
    links: [] as readonly Link[],
    server: undefined as string | undefined,
  };
  const watch = watchFor(found.unsupported);
  const told = announcer(say);
  const run = (steps: readonly Step[]) => bundle.run(steps, { concurrency: maxParallelism, signal, ...told });
  let opened: Promise<Datastore> | undefined;
  const open = () => (opened ??= datastore());
  const cluster = await reached(around, say, run);
  if (cluster !== undefined) {
    found.server = cluster.server;
    say('Collecting (censored) TLS secrets');
    await bundle.run(secretSteps(cluster, watch), {
      concurrency: maxParallelism,
      signal,
      began: (step) => say(secretTold.began(step)),
      ended: ({ step, outcome }) => (outcome === 'done' ? undefined : say(secretTold.missing(step))),
    });
    const { steps, links } = await closerSteps({ cluster, watch, options, open, say, run });
    found.links = links;
    await run(steps);
    let served = servedOf(undefined);
    await run([
      {
        name: 'kinds that the API server serves',
        async work({ text }) {
          served = servedOf(await cluster.resources());
          const names = served.all.map(
            ({ plural, group, version }) => `${plural} ${group || 'core'}/${version}\n`,
          );
          await text('cluster/api-resources.txt', names.join(''));
        },
      },
    ]);
    await run(clusterSteps(cluster, watch, served));
  }
  if (elsewhere) await run(calicoSteps(open, watch));
  await run([ipamStep(open, watch)]);
  return found;
}

/** The Kubernetes to ask. Without one there is nothing to collect, unless Calico's datastore is another. */
async function reached(
  { cluster, elsewhere }: Surroundings,
  say: Say,
  run: (steps: readonly Step[]) => Promise<readonly StepResult[]>,
): Promise<Cluster | undefined> {
  let opened: Cluster | undefined;
  let failure: unknown;
  const look = async () => {
    opened = await cluster();
    await opened.version();
  };
  const work = () =>
    look().catch((error: unknown) => {
      failure = error;
      throw error;
    });
  await run([{ name: 'Kubernetes API server', work }]);
  if (failure === undefined) return opened;
  // Who may not ask for the version may be allowed other things; who is not known is not.
  if (isError(failure, 'unauthorized') && failure.details.scope === 'resource') return opened;
  if (elsewhere || isError(failure, 'cancelled')) return undefined;
  say(`ERROR creating clients: ${formatError(failure)}`);
  throw failure;
}

/** Numbers steps as they begin, and tells which failed. */
function announcer(say: Say) {
  let count = 0;
  const numbers = new Map<string, number>();
  return {
    began({ name }: Step) {
      numbers.set(name, ++count);
      say(`[${count}] Collecting ${name}`);
    },
    ended({ step, outcome, reason }: StepResult) {
      if (outcome === 'failed') say(`[${numbers.get(step)}] Failed to collect ${step}\nError: ${reason}\n`);
    },
  };
}

function watchFor(found: Set<string>): Watch {
  return async function* watch(file, text) {
    let tail = '';
    const decoder = new TextDecoder();
    for await (const piece of text) {
      const whole = tail + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }));
      if (whole.includes(UNSUPPORTED)) found.add(file);
      tail = whole.slice(1 - UNSUPPORTED.length);
      yield piece;
    }
  };
}
