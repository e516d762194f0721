import type { StreamResult } from '../../core/result.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { remarks } from './remarks.ts';
import { type CheckOptions, checkText } from './text.ts';

export interface StreamOptions {
  /** Exit with 1 where there is a problem. */
  readonly failOnProblems: boolean;
  /** Tells what the reference has no words for. */
  readonly remark: (text: string) => void;
  /** Takes progress away before something is printed. */
  readonly clear: () => void;
}

/** A check as text that is printed as it goes; findings that only we know of are told behind it, elsewhere. */
export function checkStream(
  store: Datastore,
  options: CheckOptions,
  { failOnProblems, remark, clear }: StreamOptions,
): StreamResult {
  let failed = false;
  const chunks = async function* () {
    const text = checkText(store, { ...options, unseen: [] });
    try {
      for (;;) {
        const step = await text.next();
        clear();
        if (step.done) {
          failed = step.value.problems > 0;
          for await (const line of remarks(store, step.value, () => (failed = true))) remark(line);
          return;
        }
        if (step.value !== '') yield step.value;
      }
    } finally {
      clear();
    }
  };
  return { type: 'stream', chunks: chunks(), status: () => (failOnProblems && failed ? 1 : 0) };
}
