import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { inParallel } from '../../operations/parallel.ts';
import { type Address, formatAddress } from '../../resources/net/address.ts';
import { formatCidr, hostBits, networkOf, parseCidrOrAddress } from '../../resources/net/cidr.ts';
import { lookUp, readSurroundings } from './address.ts';
import type { AddressLine, AddressReport, WhoisReport } from './report.ts';
import { type Found, search } from './search.ts';
import { sightingsOf } from './sighting.ts';

/** Of so many addresses everything is told; of more, what blocks record. */
const TOLD_IN_FULL = 8;

/** What a command line asks for: an address, or a name. */
export type Question =
  | { readonly address: Address }
  | { readonly name: string; readonly namespace: string | undefined };

/** Reads an address, `NAMESPACE/NAME`, or a name that `namespace` is for. Throws `usage` for what is none. */
export function questionOf(word: string, namespace: string | undefined): Question {
  const range = parseCidrOrAddress(word);
  if (range !== undefined) {
    if (hostBits(range) === 0) return { address: range.address };
    const text = formatCidr(networkOf(range));
    throw new CalicoctlError('usage', `'${word}' is a network: give one address of it`, {
      hint: `\`calicoctl ipam show --show-blocks\` shows blocks such as ${text}.`,
    });
  }
  const [first = '', second, ...more] = word.split('/');
  if (second === undefined && first !== '') return { name: first, namespace: namespace || undefined };
  if (!first || !second || more.length > 0)
    throw new CalicoctlError(
      'usage',
      `'${word}' is neither an address nor the name of a pod, node or interface`,
    );
  if (!namespace || namespace === first) return { name: second, namespace: first };
  throw new CalicoctlError('usage', `'${word}' is in namespace ${first}, but --namespace says ${namespace}`);
}

/** Who has it. Throws `not-found` where nothing is known. */
export async function whois(store: Datastore, query: string, question: Question): Promise<WhoisReport> {
  if ('address' in question) return whoHas(store, query, question.address);
  const found = await search(store, question);
  const { matches, ownedBlocks } = found;
  if (matches.length === 0) throw unknownName(query, question.namespace);
  return { query, matches, ownedBlocks, addresses: await addressesOf(store, found) };
}

async function whoHas(store: Datastore, query: string, address: Address): Promise<WhoisReport> {
  const surroundings = await readSurroundings(store);
  const report = await lookUp(store, address, surroundings);
  if (report.state !== 'unknown') return { query, matches: [], ownedBlocks: [], addresses: [report] };
  const ranges = surroundings.pools.map(({ name, range }) => `${formatCidr(networkOf(range))} (${name})`);
  throw new CalicoctlError(
    'not-found',
    `nothing is known of ${report.address}: no pool, block or reservation has it, and no endpoint or node uses it`,
    { hint: ranges.length === 0 ? 'There are no pools.' : `Pools are ${ranges.join(', ')}.` },
  );
}

function unknownName(query: string, namespace: string | undefined): CalicoctlError {
  const where = namespace === undefined ? 'in any namespace' : `in namespace ${namespace}`;
  return new CalicoctlError(
    'not-found',
    `nothing is known of '${query}': no pod, service, machine or endpoint ${where}${namespace === undefined ? ', no node, interface, container or handle' : ''} has that name`,
    {
      hint: 'Give an address, POD, NAMESPACE/POD, an interface such as cali12ab34cd56e, a node or a handle.',
    },
  );
}

async function addressesOf(
  store: Datastore,
  { addresses, matches }: Found,
): Promise<readonly (AddressReport | AddressLine)[]> {
  const isMany = addresses.length > TOLD_IN_FULL || matches.every(({ kind }) => kind === 'node');
  const surroundings = isMany ? undefined : await readSurroundings(store);
  const told = new Map<Address, AddressReport | AddressLine>();
  const { failures } = await inParallel(addresses, ADDRESSES_AT_ONCE, async (address) => {
    const line = async () => ({ address: formatAddress(address), blocks: await sightingsOf(store, address) });
    told.set(address, surroundings === undefined ? await line() : await lookUp(store, address, surroundings));
  });
  if (failures[0] !== undefined) throw failures[0];
  return addresses.map((address) => told.get(address)!);
}

/** Each asks for a block of every size. */
const ADDRESSES_AT_ONCE = 8;
