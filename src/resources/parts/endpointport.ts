import type { FieldPath } from '../../core/errors.ts';
import type { Fault } from '../kind.ts';

/** Protocols with ports, by name and number. */
const WITH_PORTS: ReadonlySet<string | number> = new Set(['TCP', 6, 'UDP', 17, 'SCTP', 132]);

/** True for a protocol whose packets have ports. */
export function hasPorts(protocol: string | number): boolean {
  return WITH_PORTS.has(protocol);
}

interface EndpointPort {
  readonly protocol?: number | string;
}

/** Faults of named ports whose protocol knows no ports. */
export function* portProtocolFaults(ports: readonly EndpointPort[] = [], path: FieldPath): Iterable<Fault> {
  for (const [index, { protocol }] of ports.entries())
    if (protocol !== undefined && !hasPorts(protocol))
      yield {
        path: [...path, index, 'protocol'],
        value: protocol,
        message: 'is not a protocol with ports: use TCP, UDP or SCTP',
      };
}
