import type { Datastore } from '../datastore/datastore.ts';
import type { Context } from './command.ts';
import { openProgress } from './progress.ts';

/** The datastore and the command's standard error while much is read; on a terminal, how many objects that were. */
export interface Reading {
  readonly store: Datastore;
  /** As that of the context; takes the line of progress away first. */
  warn(text: string): void;
  /** Takes the line of progress away. */
  end(): void;
}

/** Opens the datastore to read it; `verb` begins the line of progress, e.g. `ipam show`. */
export async function openReading(
  context: Context,
  config: string | undefined,
  verb: string,
): Promise<Reading> {
  const store = await context.datastore({ config, access: 'read' });
  const { at, end } = openProgress(context.io, verb, undefined);
  let done = 0;
  const counted: Datastore = {
    ...store,
    async *list(query) {
      for await (const page of store.list(query)) {
        done += page.items.length;
        at(done);
        yield page;
      }
    },
  };
  return {
    store: context.io.terminal.err ? counted : store,
    end,
    warn(text) {
      end();
      context.warn(text);
    },
  };
}
