/** Configurations of BIRD in Calico's manner, for the versions that speak differently. */

export type BirdVersion = 1 | 2;
export type Family = 'ipv4' | 'ipv6';

/** A BGP session as one end is configured for it. */
export interface Session {
  /** As Calico names it: `Mesh_192_0_2_11`. */
  readonly name: string;
  readonly address: string;
  readonly as: number;
  readonly port?: number;
  readonly password?: string;
  /** We reflect routes to it. */
  readonly reflectorClient?: boolean;
  readonly passive?: boolean;
  /** Filter for what comes in; all by default. */
  readonly importFilter?: string;
  readonly exportFilter?: string;
}

export interface Speaker {
  readonly version: BirdVersion;
  readonly as: number;
  /** Also the source of its sessions. */
  readonly addresses: { readonly [family in Family]?: string };
  readonly routerId: string;
  readonly port?: number;
  /** Listens on its own addresses only, so that others of its machine can have the port too. */
  readonly strict?: boolean;
  /** Networks that it tells others. */
  readonly routes?: readonly string[];
  readonly sessions: readonly Session[];
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** A configuration of one daemon: of version 1 for one family, of version 2 for both. */
export function configurationOf(speaker: Speaker, families: readonly Family[]): string {
  const sessions = speaker.sessions.filter(({ address }) => families.includes(familyOf(address)));
  return [
    `router id ${speaker.routerId};`,
    ...(speaker.version === 1 ? [listening(speaker, families[0] ?? 'ipv4')] : []),
    'protocol device { scan time 2; }',
    direct(speaker, families),
    ...families.map((family) => statics(speaker, family)),
    template(speaker),
    ...sessions.map((session) => sessionOf(speaker, session)),
    '',
  ].join('\n');
}

function listening({ addresses, port = 179, strict }: Speaker, family: Family): string {
  return `listen bgp ${strict ? `address ${addresses[family]} ` : ''}port ${port};`;
}

/** Next hops are reached over the networks of interfaces. */
function direct({ version }: Speaker, families: readonly Family[]): string {
  return `protocol direct { ${version === 2 ? families.map((family) => `${family};`).join(' ') : ''} interface -"cali*", "*"; }`;
}

function statics({ version, routes = [] }: Speaker, family: Family): string {
  const own = routes
    .filter((route) => familyOf(route) === family)
    .map((route) => `route ${route} blackhole;`);
  return `protocol static { ${version === 2 ? `${family}; ` : ''}${own.join(' ')} }`;
}

/** Calico's, with times so short that tests need not wait. */
const TIMES = 'connect delay time 1; connect retry time 1; error wait time 1,1;';

function template({ version, as, strict }: Speaker): string {
  const own =
    version === 1 ? 'gateway recursive; import all; add paths on;' : strict ? 'strict bind yes;' : '';
  return `template bgp bgp_template { debug { states }; description "Connection to BGP peer"; local as ${as}; multihop; graceful restart; ${TIMES} ${own} }`;
}

function sessionOf(speaker: Speaker, session: Session): string {
  const { name, address, as, port, password, reflectorClient, passive } = session;
  const family = familyOf(address);
  const filters = filtersOf(session);
  const words = [
    `neighbor ${address}${port === undefined ? '' : ` port ${port}`} as ${as}`,
    speaker.version === 2 && speaker.port !== undefined
      ? `local ${speaker.addresses[family]} port ${speaker.port}`
      : `source address ${speaker.addresses[family]}`,
    ...(speaker.version === 1 ? [filters] : [`${family} { ${filters}; add paths on; gateway recursive; }`]),
    ...(password === undefined ? [] : [`password "${password}"`]),
    ...(reflectorClient ? ['rr client', `rr cluster id ${speaker.routerId}`] : []),
    ...(passive ? ['passive on'] : []),
  ];
  return `protocol bgp ${name} from bgp_template { ${words.join('; ')}; }`;
}

function filtersOf({ importFilter = 'all', exportFilter = 'all' }: Session): string {
  const keep = importFilter === 'all' ? '' : '; import keep filtered';
  return `import ${importFilter}${keep}; export ${exportFilter}`;
}
