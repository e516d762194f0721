import type { BirdLine } from './frames.ts';

/** A route as BIRD shows it, of whatever version. */
export interface BirdRoute {
  readonly network: string;
  /** `unicast`, `blackhole`, `unreachable`, `prohibited`, … */
  readonly type: string;
  readonly nextHops: readonly NextHop[];
  /** The protocol that brought it. */
  readonly protocol: string;
  readonly since: string;
  /** The neighbour that told it, where that is not the next hop. */
  readonly from?: string;
  /** Of several routes to the network this is the one in use. */
  readonly best: boolean;
  readonly preference?: number;
  /** AS numbers as BIRD writes them, nearest first; empty where the route is from our own AS. */
  readonly asPath?: string;
  /** What BGP says of the route, by BIRD's names without `BGP.`: `origin`, `next_hop`, `local_pref`, `community`, … */
  readonly attributes: Readonly<Record<string, string>>;
  readonly table?: string;
}

export interface NextHop {
  readonly address?: string;
  readonly interface?: string;
  readonly weight?: number;
}

type Draft = { -readonly [Key in keyof BirdRoute]: BirdRoute[Key] } & {
  nextHops: NextHop[];
  attributes: Record<string, string>;
};

/** Puts routes together from the lines of `show route … all`; hands out each when the next begins, and the last at the end. */
export class RouteReader {
  #table: string | undefined;
  #network = '';
  #draft: Draft | undefined;

  /** Takes in a line; returns the route that it ended. */
  take({ text }: BirdLine): BirdRoute | undefined {
    const [, table] = /^Table (\S+?):\s*$/.exec(text) ?? [];
    if (table !== undefined) {
      this.#table = table;
      return this.end();
    }
    if (text.startsWith('\t')) {
      if (this.#draft !== undefined) detail(this.#draft, text.trim());
      return undefined;
    }
    const head = HEAD.exec(text)?.groups;
    if (head === undefined) return undefined;
    const before = this.end();
    // Further routes to a network leave its column empty.
    this.#network = head['network'] || this.#network;
    this.#draft = draftOf(head, this.#network, this.#table);
    return before;
  }

  /** The route that is under way. */
  end(): BirdRoute | undefined {
    const route = this.#draft;
    this.#draft = undefined;
    return route;
  }
}

/** `10.0.0.0/26  via 192.0.2.1 on eth0 [Mesh_192_0_2_1 10:30:00 from 192.0.2.9] * (100/0) [AS64513i]`. */
const HEAD =
  /^(?<network>\S*)\s+(?<how>\S.*?) \[(?<protocol>\S+) (?<since>[^\]]*?)(?: from (?<from>[^\s\]]+))?\](?: (?<mark>[*!]))?(?: \S+)? \((?<preference>\d+)[^)]*\)/;

function draftOf(head: Readonly<Record<string, string>>, network: string, table: string | undefined): Draft {
  const { how = '', protocol = '', since = '', from, mark = '', preference } = head;
  const hop = nextHopIn(how);
  return {
    network,
    // BIRD 1.6 says where a route leads instead of what it is.
    type: hop !== undefined || how === 'multipath' ? 'unicast' : how.split(' ', 1)[0]!,
    nextHops: hop === undefined ? [] : [hop],
    ...{ protocol, since, best: mark.includes('*'), attributes: {} },
    ...(from === undefined ? {} : { from }),
    ...(preference === undefined ? {} : { preference: Number(preference) }),
    ...(table === undefined ? {} : { table }),
  };
}

function nextHopIn(text: string): NextHop | undefined {
  const [, address, device, alone, more = ''] =
    /^(?:via (\S+)(?: on (\S+))?|dev (\S+))((?: .*)?)$/.exec(text) ?? [];
  if (address === undefined && alone === undefined) return undefined;
  const weight = /\bweight (\d+)/.exec(more)?.[1];
  const via = device ?? alone;
  return {
    ...(address === undefined ? {} : { address }),
    ...(via === undefined ? {} : { interface: via }),
    ...(weight === undefined ? {} : { weight: Number(weight) }),
  };
}

/** BIRD 1.6 and 2 write `BGP.as_path: 64513`, BIRD 3 `bgp_path: 64513`. */
function detail(draft: Draft, text: string): void {
  const hop = nextHopIn(text);
  if (hop !== undefined) {
    draft.nextHops.push(hop);
    return;
  }
  const [, key, value = ''] = /^(?:BGP\.|bgp_)(\w+):\s*(.*)$/.exec(text) ?? [];
  if (key === undefined) return;
  if (key === 'as_path' || key === 'path') draft.asPath = value;
  else draft.attributes[key] = value;
}
