import { Etcd3 } from 'etcd3';
import { marks } from './program.ts';

/** What an etcd holds, seen by the npm package etcd3. */
export interface Witness {
  /** The network sets in it: their marks, and how often each was written, by name. Throws where one is not whole. */
  stored(): Promise<Map<string, { readonly mark: string; readonly writes: number }>>;
  /** Removes everything below a prefix. */
  clear(prefix: string): Promise<void>;
}

type Shown = Parameters<typeof marks>[0][number];

/** Looks at the network sets below `prefix`; `asGiven` makes of a stored value what users see of it. */
export function witness(
  url: string,
  prefix: string,
  asGiven: (value: unknown) => Shown = (value) => value as Shown,
): Witness {
  // The witness does not outlive a restart: each look is a client of its own.
  const look = async <T>(see: (client: Etcd3) => Promise<T>): Promise<T> => {
    const client = new Etcd3({ hosts: url });
    try {
      return await see(client);
    } finally {
      client.close();
    }
  };
  return {
    stored: () =>
      look(async (client) => {
        const { kvs } = await client.getAll().prefix(prefix).exec();
        const found = marks(kvs.map(({ value }) => asGiven(JSON.parse(value.toString()))));
        const writes = kvs.map(({ version }) => Number(version));
        return new Map([...found].map(([name, mark], i) => [name, { mark, writes: writes[i]! }]));
      }),
    clear: (below) => look(async (client) => void (await client.delete().prefix(below))),
  };
}
