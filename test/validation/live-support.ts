import { type CalicoctlError, formatPath } from '../../src/core/errors.ts';
import type { Finding } from '../../src/core/result.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { Examination } from '../../src/validation/examination.ts';
import { examineFiles } from '../../src/validation/files.ts';
import { acrossRules } from '../../src/validation/index.ts';
import { LiveExamination } from '../../src/validation/live.ts';
import { ioWith } from '../input/support.ts';

export interface LiveRun {
  /** `severity rule resource path`, and behind it the line of the input where there is one. */
  readonly findings: readonly string[];
  readonly messages: readonly string[];
  readonly total: number;
  readonly valid: number | undefined;
  readonly refused: readonly string[];
  readonly warnings: readonly string[];
}

/** What a live examination finds, of documents where there are some. */
export async function examineLive(
  store: Datastore,
  documents?: string,
  { namespace, signal = new AbortController().signal }: { namespace?: string; signal?: AbortSignal } = {},
): Promise<LiveRun> {
  const choice = namespace === undefined ? {} : { namespace };
  const examination = new Examination({ namespaces: choice, across: [], lint: [], written: true });
  const warnings: string[] = [];
  const live = new LiveExamination(examination, {
    store,
    takes: () => true,
    namespace,
    signal,
    across: await acrossRules({ lint: false }),
    warn: (text) => warnings.push(text),
  });
  if (documents !== undefined)
    await examineFiles(live, { files: ['-'], recursive: false, skipEmpty: true, io: ioWith(documents) });
  const refused = documents === undefined ? await live.everything() : await live.overlaid();
  const { findings, total, valid } = examination.finish();
  return {
    findings: findings.map(shown),
    messages: findings.map(({ message }) => message),
    ...{ total, valid, refused: [...refused], warnings },
  };
}

function shown({ severity, rule, resource, path, place }: Finding): string {
  const line = place?.line === undefined ? '' : `line ${place.line}`;
  return [severity, rule, resource, formatPath(path), line].filter(Boolean).join(' ');
}

/** The datastore, of which every write fails the test. */
export function readOnly(store: Datastore): Datastore {
  const written = () => {
    throw new Error('something was written');
  };
  return { ...store, create: written, update: written, delete: written, watch: written };
}

/** The datastore with some kinds hidden: listing or reading them throws. */
export function hiding(store: Datastore, hidden: Readonly<Record<string, CalicoctlError>>): Datastore {
  return {
    ...store,
    async get(ref) {
      const error = hidden[ref.kind.kind];
      if (error !== undefined) throw error;
      return store.get(ref);
    },
    async *list(query) {
      const error = hidden[query.kind.kind];
      if (error !== undefined) throw error;
      yield* store.list(query);
    },
  };
}

/** Counts what is asked of the datastore, as `list Kind` and `get Kind(name)`. */
export function counting(store: Datastore, asked: string[]): Datastore {
  return {
    ...store,
    get(ref) {
      asked.push(`get ${ref.kind.kind}(${ref.name})`);
      return store.get(ref);
    },
    list(query) {
      asked.push(`list ${query.kind.kind}`);
      return store.list(query);
    },
  };
}
