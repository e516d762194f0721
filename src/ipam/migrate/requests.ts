import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Pool } from '../../operations/ipam/pools.ts';
import type { Resource } from '../../resources/kind.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { containsAddress, formatCidr, networkOf, parseCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Obstacle, obstacle } from './obstacles.ts';

/** Who asks for a pool, or for an address of it, by annotation: restarted as they are, they would get none. */

const POOLS = ['cni.projectcalico.org/', 'projectcalico.org/'].flatMap((group) =>
  ['ipv4pools', 'ipv6pools'].map((name) => group + name),
);
const ADDRESSES = [
  'cni.projectcalico.org/ipAddrs',
  'cni.projectcalico.org/ipAddrsNoIpam',
  'projectcalico.org/loadBalancerIPs',
];

const ASKING = ['Namespace', 'Pod', 'Service'] as const;
/** Of more the number is told. */
const MOST = 5;

/** One warning for each kind of object; on Kubernetes only, since elsewhere these objects cannot be seen. */
export async function requestObstacles(store: Datastore, pool: Pool): Promise<readonly Obstacle[]> {
  if (store.capabilities.name !== 'kubernetes') return [];
  return (await Promise.all(ASKING.map((kind) => ofKind(store, kind, pool)))).flat();
}

async function ofKind(
  store: Datastore,
  kind: (typeof ASKING)[number],
  pool: Pool,
): Promise<readonly Obstacle[]> {
  const names: string[] = [];
  try {
    for await (const object of listed(store, { kind: await kindOf(kind), asStored: true }))
      if (asksFor(object, pool)) names.push(nameOf(object));
  } catch (error) {
    if (!isError(error, 'unauthorized')) throw error;
    return [
      obstacle(
        'warning',
        `${kind}s cannot be read, so it is not known which of them ask for pool ${pool.name}: ${error.message}`,
      ),
    ];
  }
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST).join(', ');
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  return [
    obstacle(
      'warning',
      `annotations ask for pool ${pool.name} or an address of it, of ${kind} ${shown}${more}`,
      'Change them, or what they are made from, to the new pool before the restart.',
    ),
  ];
}

function nameOf({ metadata: { namespace, name } }: Resource): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function asksFor({ metadata: { annotations = {} } }: Resource, { name, range }: Pool): boolean {
  const isPool = (word: string) => {
    const cidr = parseCidr(word);
    return word === name || (cidr !== undefined && formatCidr(cidr) === formatCidr(networkOf(range)));
  };
  const isAddress = (word: string) => {
    const address = parseAddress(word);
    return address !== undefined && containsAddress(range, address);
  };
  return (
    POOLS.some((key) => wordsIn(annotations[key]).some(isPool)) ||
    ADDRESSES.some((key) => wordsIn(annotations[key]).some(isAddress))
  );
}

/** A list in JSON, as Calico reads it; what is none asks for nothing. */
function wordsIn(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}
