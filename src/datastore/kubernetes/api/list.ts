/** Lists in chunks, the next one fetched while the current one is used. */
import { isObject } from '../../../core/json.ts';
import { passed } from '../../garbage.ts';
import type { Answer } from '../http/request.ts';
import type { Action } from './action.ts';
import type { KubeObject, KubePage, Selection } from './api.ts';
import { type Caller, decodeAnswer, isGood, isKubeObject, type ObjectList } from './caller.ts';
import { selectionPath } from './paths.ts';
import { statusOf } from './status.ts';

/** Objects in a page: at first, and at most. */
export const PAGE_SIZE = 500;
export const LARGEST_PAGE = 4000;

/**
 * Characters that pages are to have after the first. The server has its etcd count all that is left of the list for every
 * page, so pages of small objects are larger, and those of large ones smaller for the sake of memory.
 */
const PAGE_TEXT = 1 << 20;

interface Cursor {
  readonly continue?: string;
  /** Objects up to this one were shown; set where the list had to begin anew. */
  readonly after?: string | undefined;
}

/** Pages in the server's order; all are of the version of the first as long as the server remembers it. */
export async function* listPages(
  caller: Caller,
  selection: Selection,
  pageSize = PAGE_SIZE,
  largest = pageSize,
): AsyncGenerator<KubePage, void, undefined> {
  const action: Action = { verb: 'list', ...selection };
  const stop = new AbortController();
  let limit = pageSize;
  const fetch = ({ continue: token }: Cursor): Promise<Answer> => {
    const query = { limit, continue: token };
    const answer = caller.ask({ method: 'GET', path: selectionPath(selection, query) }, stop.signal);
    // Awaited when the page before it has been used; until then nobody is there to catch.
    answer.catch(() => {});
    return answer;
  };
  let version: string | undefined;
  let last = '';
  let cursor: Cursor | undefined = {};
  let next = fetch(cursor);
  try {
    while (cursor !== undefined) {
      const { after }: Cursor = cursor;
      const answer = await next;
      if (answer.status === 410 && cursor.continue !== undefined) {
        cursor = resumption(answer, last, after);
        next = fetch(cursor);
        continue;
      }
      if (!isGood(answer)) throw caller.refused(action, answer);
      const list = decodeAnswer(caller.http, action, answer, isList) as unknown as ObjectList;
      const { items: listed, metadata } = list;
      const items = listed ?? [];
      version ??= metadata.resourceVersion ?? '';
      const { length } = answer.text;
      if (items.length > 0) limit = limitAfter(items.length, length, largest);
      cursor = metadata.continue ? { after, continue: metadata.continue } : undefined;
      if (cursor !== undefined) next = fetch(cursor);
      const shown = after === undefined ? items : items.filter((item) => keyOf(item) > after);
      if (shown.length > 0) last = keyOf(shown.at(-1)!);
      yield { items: shown, resourceVersion: version };
      // Text and, before it, bytes; and objects that say far more than is asked of them.
      passed(2 * length);
    }
  } finally {
    stop.abort();
  }
}

function limitAfter(items: number, characters: number, largest: number): number {
  return Math.min(largest, Math.ceil((PAGE_TEXT * items) / characters));
}

/**
 * Where a list goes on whose version the server has forgotten: behind the last object shown, where it offers that,
 * else from the beginning, skipping what was shown.
 */
function resumption(answer: Answer, last: string, after: string | undefined): Cursor {
  const resume = statusOf(answer)?.resume;
  return resume === undefined ? { after: last } : { after, continue: resume };
}

function isList({ items, metadata }: Record<string, unknown>): boolean {
  return isObject(metadata) && (items === null || (Array.isArray(items) && items.every(isKubeObject)));
}

/** Orders as the server does. */
function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
