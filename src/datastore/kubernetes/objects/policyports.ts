import { formatPort, type Port } from '../../../resources/net/port.ts';

/** What a rule says of protocols and ports. */
export interface ProtocolPorts {
  /** Absent: any protocol. */
  readonly protocol?: string;
  /** In the form that is stored; none: any port. */
  readonly ports: readonly (number | string)[];
}

/** A protocol with one port or range of it; without one, all of its ports. */
export interface ProtocolPort {
  readonly protocol: string;
  readonly port?: Port;
}

/** One entry a protocol, by name, each with all of its ports; one for any protocol where there is no restriction. */
export function groupPorts(given: readonly ProtocolPort[]): readonly ProtocolPorts[] {
  if (given.length === 0) return [{ ports: [] }];
  const protocols = [...new Set(given.map(({ protocol }) => protocol))].sort();
  return protocols.map((protocol) => {
    const ofIt = given.filter((entry) => entry.protocol === protocol).map(({ port }) => port);
    const ports = ofIt.every((port) => port !== undefined) ? simplifyPorts(ofIt) : [];
    return { protocol, ports: ports.map(formatPort) };
  });
}

type Range = Exclude<Port, { readonly name: string }>;

/** The same ports in as few ranges as possible, names first; what is a single number among names stays in its place. */
export function simplifyPorts(ports: readonly Port[]): readonly Port[] {
  const ranges = ports.filter((port): port is Range => !('name' in port));
  const [only, ...more] = ranges;
  if (only === undefined || (more.length === 0 && only.first === only.last)) return ports;
  const result: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else result.push({ first, last });
  }
  return [...ports.filter((port) => 'name' in port), ...result];
}
