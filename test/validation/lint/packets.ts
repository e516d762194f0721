import fc from 'fast-check';
import { parseAddress } from '../../../src/resources/net/address.ts';
import { containsAddress, parseCidr } from '../../../src/resources/net/cidr.ts';
import { type Labels, matchesSelector, parseSelector } from '../../../src/resources/selector/index.ts';

/** A naive account of which packets a rule matches, and a small world of rules and packets. */

export interface Party {
  readonly ip: string;
  readonly port: number;
  /** Absent for an address that no endpoint has. */
  readonly endpoint?: {
    readonly labels: Labels;
    readonly namespace: Labels;
    readonly account: string;
    readonly ports: Readonly<Record<string, number>>;
  };
}

export interface Packet {
  readonly protocol: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly http?: { readonly method: string; readonly path: string };
  readonly source: Party;
  readonly destination: Party;
}

interface Entity {
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  readonly ports?: readonly (number | string)[];
  readonly notPorts?: readonly (number | string)[];
  readonly selector?: string;
  readonly notSelector?: string;
  readonly namespaceSelector?: string;
  readonly serviceAccounts?: { readonly names?: readonly string[] };
}

interface Icmp {
  readonly type?: number;
  readonly code?: number;
}

export interface SomeRule {
  readonly action: string;
  readonly ipVersion?: number;
  readonly protocol?: number | string;
  readonly notProtocol?: number | string;
  readonly icmp?: Icmp;
  readonly notICMP?: Icmp;
  readonly source?: Entity;
  readonly destination?: Entity;
  readonly http?: {
    readonly methods?: readonly string[];
    readonly paths?: readonly { readonly exact?: string; readonly prefix?: string }[];
  };
}

const NUMBER: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, ICMP: 1 };

function number(protocol: number | string): number {
  return typeof protocol === 'string' ? NUMBER[protocol]! : protocol;
}

export function matches(rule: SomeRule, packet: Packet): boolean {
  const { ipVersion, protocol, notProtocol, icmp, notICMP, http } = rule;
  if (ipVersion !== undefined && ipVersion !== parseAddress(packet.source.ip)!.family) return false;
  if (protocol !== undefined && number(protocol) !== packet.protocol) return false;
  if (notProtocol !== undefined && number(notProtocol) === packet.protocol) return false;
  if (icmp !== undefined && !isIcmp(icmp, packet)) return false;
  if (notICMP !== undefined && isIcmp(notICMP, packet)) return false;
  if (http !== undefined && !isHttp(http, packet)) return false;
  return isParty(rule.source ?? {}, packet.source) && isParty(rule.destination ?? {}, packet.destination);
}

function isIcmp({ type, code }: Icmp, { icmp }: Packet): boolean {
  return (type === undefined || type === icmp?.type) && (code === undefined || code === icmp?.code);
}

function isHttp({ methods = [], paths = [] }: NonNullable<SomeRule['http']>, { http }: Packet): boolean {
  if (http === undefined) return false;
  const isPath = ({ exact, prefix }: { exact?: string; prefix?: string }) =>
    exact === undefined ? http.path.startsWith(prefix!) : http.path === exact;
  return (
    (methods.length === 0 || methods.includes(http.method)) && (paths.length === 0 || paths.some(isPath))
  );
}

function isParty(entity: Entity, { ip, port, endpoint }: Party): boolean {
  const isIn = (net: string) => containsAddress(parseCidr(net)!, parseAddress(ip)!);
  const isPort = (text: number | string) => {
    if (typeof text === 'number') return text === port;
    const [first, last] = text.split(':').map(Number);
    return Number.isNaN(first) ? endpoint?.ports[text] === port : first! <= port && port <= last!;
  };
  const {
    nets = [],
    notNets = [],
    ports = [],
    notPorts = [],
    selector,
    notSelector,
    namespaceSelector,
  } = entity;
  const accounts = entity.serviceAccounts?.names ?? [];
  if (nets.length > 0 && !nets.some(isIn)) return false;
  if (notNets.some(isIn)) return false;
  const isOfFamily = (net: string) => parseCidr(net)!.address.family === parseAddress(ip)!.family;
  if (notNets.length > 0 && !notNets.some(isOfFamily)) return false;
  if (ports.length > 0 && !ports.some(isPort)) return false;
  if (notPorts.some(isPort)) return false;
  if (selector !== undefined && !(endpoint && satisfies(selector, endpoint.labels))) return false;
  if (namespaceSelector !== undefined && !(endpoint && satisfies(namespaceSelector, endpoint.namespace)))
    return false;
  if (accounts.length > 0 && !(endpoint && accounts.includes(endpoint.account))) return false;
  return !(notSelector !== undefined && endpoint && satisfies(notSelector, endpoint.labels));
}

function satisfies(text: string, labels: Labels): boolean {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(text);
  return matchesSelector(parsed.selector, labels);
}

const NETS = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.1.0/24',
  '10.2.0.0/16',
  '0.0.0.0/0',
  'fd00::/8',
  'fd00:1::/32',
];
const IPS = ['10.1.1.1', '10.1.2.1', '10.2.0.1', '11.0.0.1', 'fd00:1::1', 'fd00:2::1'];
const PORTS = [80, 443, 8080, '80:90', '1:1024', '79:443', 'http'];
const SELECTORS = [
  'all()',
  'app == "a"',
  'app in {"a", "b"}',
  'has(app)',
  'app != "a"',
  'app == "a" && tier == "x"',
  'app == "a" || tier == "x"',
  'app starts with "a"',
];

const nets = fc.uniqueArray(fc.constantFrom(...NETS), { minLength: 1, maxLength: 3 });
const ports = fc.uniqueArray(fc.constantFrom(...PORTS), { minLength: 1, maxLength: 3 });
const selector = fc.constantFrom(...SELECTORS);

/** Few fields, most of the time: so that rules often cover each other. */
function some<T>(value: fc.Arbitrary<T>, freq = 5): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq });
}

function given<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const entity = fc.record({
  nets: rarely(nets),
  notNets: rarely(
    fc.uniqueArray(fc.constantFrom(...NETS.filter((net) => !net.endsWith('/0'))), { maxLength: 3 }),
  ),
  ports: rarely(ports),
  notPorts: rarely(ports),
  selector: rarely(selector),
  notSelector: rarely(selector),
  namespaceSelector: rarely(fc.constantFrom('env == "dev"', 'has(env)')),
  serviceAccounts: rarely(fc.record({ names: fc.uniqueArray(fc.constantFrom('s', 't'), { minLength: 1 }) })),
});

const icmp = fc.constantFrom({ type: 8 }, { type: 8, code: 0 }, { type: 3, code: 1 });
const path = fc.constantFrom({ exact: '/a' }, { exact: '/a/b' }, { prefix: '/a' }, { prefix: '/' });
const http = fc.record({
  methods: some(fc.uniqueArray(fc.constantFrom('GET', 'PUT'))),
  paths: some(fc.uniqueArray(path, { maxLength: 2 })),
});

export const rule: fc.Arbitrary<SomeRule> = fc
  .record({
    action: fc.constantFrom('Allow', 'Deny', 'Log', 'Pass'),
    ipVersion: rarely(fc.constantFrom(4, 6)),
    protocol: some(fc.constantFrom<string | number>('TCP', 6, 'UDP', 'ICMP', 1)),
    notProtocol: rarely(fc.constantFrom<string | number>('TCP', 'UDP', 1)),
    icmp: rarely(icmp),
    notICMP: rarely(icmp),
    source: rarely(entity),
    destination: rarely(entity),
    http: rarely(http),
  })
  .map((value) => given(value) as unknown as SomeRule);

const labels = fc
  .record({ app: some(fc.constantFrom('a', 'b', 'ab')), tier: some(fc.constantFrom('x', 'y')) })
  .map((value) => given(value) as unknown as Labels);

const party = (ips: readonly string[]): fc.Arbitrary<Party> =>
  fc.record(
    {
      ip: fc.constantFrom(...ips),
      port: fc.constantFrom(1, 79, 80, 85, 443, 8080, 9000),
      endpoint: fc.record({
        labels,
        namespace: fc.constantFrom<Labels>({}, { env: 'dev' }, { env: 'prod' }),
        account: fc.constantFrom('s', 't', 'u'),
        ports: fc.constantFrom<Record<string, number>>({}, { http: 80 }, { http: 8080 }),
      }),
    },
    { requiredKeys: ['ip', 'port'] },
  );

export const packet: fc.Arbitrary<Packet> = fc.boolean().chain((isV6) => {
  const ips = IPS.filter((ip) => ip.includes(':') === isV6);
  return fc
    .record({
      protocol: fc.constantFrom(6, 17, isV6 ? 58 : 1, 50),
      icmp: fc.record({ type: fc.constantFrom(8, 3), code: fc.constantFrom(0, 1) }),
      http: some(
        fc.record({ method: fc.constantFrom('GET', 'PUT'), path: fc.constantFrom('/a', '/a/b', '/b') }),
      ),
      source: party(ips),
      destination: party(ips),
    })
    .map(({ icmp: message, http: request, ...rest }) => ({
      ...rest,
      ...((rest.protocol === 1 || rest.protocol === 58) && { icmp: message }),
      ...(rest.protocol === 6 && request && { http: request }),
    }));
});
