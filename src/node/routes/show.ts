import { stringifyJson } from '../../core/json.ts';
import type { Result } from '../../core/result.ts';
import type { PeerRoute } from './gather.ts';

type Routes = AsyncIterable<readonly PeerRoute[]>;

/** The routes in a table; which way they go is a column only where both are asked for. */
export async function routesGrid(routes: Routes, bothWays: boolean): Promise<Result> {
  const rows: (readonly string[])[] = [];
  for await (const portion of routes) for (const route of portion) rows.push(cellsOf(route, bothWays));
  if (rows.length === 0) return { type: 'text', text: 'No routes found.\n' };
  const headings = ['network', 'next hop', 'interface', 'peer', 'source', 'as path', 'preference', 'status'];
  return { type: 'grid', headings: bothWays ? ['direction', ...headings] : headings, rows };
}

function cellsOf({ direction, status, session, route }: PeerRoute, bothWays: boolean): readonly string[] {
  const { nextHops, preference } = route;
  const words = (texts: readonly (string | undefined)[]) => [...new Set(texts)].filter(Boolean).join(', ');
  const cells = [
    route.network,
    // What a network leads to where it has no next hop: nowhere.
    nextHops.length === 0
      ? route.type
      : words(nextHops.map(({ address }) => address)) || 'directly connected',
    words(nextHops.map((hop) => hop.interface)),
    session.peerAddress,
    route.protocol,
    route.asPath ?? '',
    preference === undefined ? '' : String(preference),
    status,
  ];
  return bothWays ? [direction, ...cells] : cells;
}

/** All routes as one value, for `-o yaml`. */
export async function routesDocument(routes: Routes): Promise<readonly object[]> {
  const documents: object[] = [];
  for await (const portion of routes) for (const route of portion) documents.push(documentOf(route));
  return documents;
}

/** The same as JSON, portion by portion: a node can have as many routes as the Internet. */
export async function* routesJson(routes: Routes): AsyncGenerator<string> {
  let separator = '[\n  ';
  for await (const portion of routes) {
    let text = '';
    for (const route of portion) {
      text += separator + stringifyJson(documentOf(route), 2).replaceAll('\n', '\n  ');
      separator = ',\n  ';
    }
    yield text;
  }
  yield separator.startsWith(',') ? '\n]\n' : '[]\n';
}

function documentOf({ direction, status, session, route }: PeerRoute): object {
  const { network, nextHops, protocol, since, from, best, preference, asPath, attributes, table } = route;
  return {
    direction,
    status,
    peer: { name: session.name, type: session.type, address: session.peerAddress },
    ...{ network, type: route.type, nextHops, source: protocol, since },
    ...(from === undefined ? {} : { from }),
    ...{ best, preference, asPath },
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(table === undefined ? {} : { table }),
  };
}
