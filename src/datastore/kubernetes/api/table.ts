/** Lists as the server lays them out for people. */
import { isObject, objectIn } from '../../../core/json.ts';
import type { Selection, TablePage } from '../../cluster.ts';
import type { Action } from './action.ts';
import type { Caller } from './caller.ts';
import { selectionPath } from './paths.ts';

const AS_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const PAGE_SIZE = 500;

/** Page after page; the same columns on each. A token that expires ends the list with `conflict`. */
export async function* tablePages(
  caller: Caller,
  selection: Selection,
): AsyncGenerator<TablePage, void, undefined> {
  const action: Action = { verb: 'list', ...selection };
  let token: string | undefined;
  do {
    const query = { limit: PAGE_SIZE, continue: token };
    const request = { method: 'GET', path: selectionPath(selection, query), accept: AS_TABLE } as const;
    const table = await caller.call(action, request, isTable);
    const columns = (table['columnDefinitions'] as { name: string; priority?: number }[]).map(
      ({ name, priority = 0 }) => ({ name, wide: priority > 0 }),
    );
    const rows = (table['rows'] as Record<string, unknown>[] | null) ?? [];
    yield { columns, rows: rows.map(rowOf) };
    const { metadata } = table;
    token = isObject(metadata) ? (metadata['continue'] as string | undefined) : undefined;
  } while (token);
}

function isTable({ columnDefinitions, rows }: Record<string, unknown>): boolean {
  return Array.isArray(columnDefinitions) && (rows === null || rows === undefined || Array.isArray(rows));
}

function rowOf({ cells, object }: Record<string, unknown>): TablePage['rows'][number] {
  const { namespace } = objectIn(object, 'metadata');
  return {
    cells: Array.isArray(cells) ? cells : [],
    ...(typeof namespace === 'string' && { namespace }),
  };
}
