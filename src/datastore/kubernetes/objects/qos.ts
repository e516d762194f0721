import type { JsonObject } from '../../../core/json.ts';
import { parseDscp } from '../../../resources/net/dscp.ts';
import { parseQuantity } from './quantity.ts';

/** Limits on the traffic of pods, from their annotations. */

type Annotations = Readonly<Record<string, string>>;

/** What a limit may be; what lies outside is taken for the nearer end. */
interface Range {
  readonly least: number;
  readonly most: number;
}

const BANDWIDTH: Range = { least: 1_000, most: 1e15 };
const BURST: Range = { least: 1_000, most: 34_359_738_360 };
const PEAKRATE: Range = { least: 1_010, most: 1_010_000_000_000_000 };
const MINBURST: Range = { least: 1_000, most: 100_000_000 };
const PACKETS: Range = { least: 1, most: 10_000 };
const CONNECTIONS: Range = { least: 1, most: 4_294_967_295 };

const DEFAULT_BURST = 2 ** 32;
const DEFAULT_PACKET_BURST = 5;

type Direction = 'ingress' | 'egress';

interface Limits {
  Bandwidth: number;
  Burst: number;
  Peakrate: number;
  Minburst: number;
  PacketRate: number;
  PacketBurst: number;
  MaxConnections: number;
}

/** The `qosControls` of an endpoint; undefined where nothing is limited. Limits that cannot be understood are none. */
export function qosControls(annotations: Annotations): JsonObject | undefined {
  const controls: JsonObject = {};
  for (const direction of ['ingress', 'egress'] as const)
    for (const [name, value] of Object.entries(limitsOf(annotations, direction)))
      if (value !== 0) controls[`${direction}${name}`] = value;
  const dscp = parseDscp(annotations['qos.projectcalico.org/dscp']);
  if (dscp !== undefined) controls['dscp'] = dscp;
  return Object.keys(controls).length === 0 ? undefined : controls;
}

function limitsOf(annotations: Annotations, direction: Direction): Limits {
  const read = (name: keyof Limits, range: Range) =>
    within(range, annotations[`qos.projectcalico.org/${direction}${name}`]);
  const limits: Limits = {
    // Calico's own annotation counts even where it makes no sense.
    Bandwidth:
      read('Bandwidth', BANDWIDTH) ??
      within(BANDWIDTH, annotations[`kubernetes.io/${direction}-bandwidth`]) ??
      0,
    Burst: read('Burst', BURST) ?? 0,
    Peakrate: read('Peakrate', PEAKRATE) ?? 0,
    Minburst: read('Minburst', MINBURST) ?? 0,
    PacketRate: read('PacketRate', PACKETS) ?? 0,
    PacketBurst: read('PacketBurst', PACKETS) ?? 0,
    MaxConnections: read('MaxConnections', CONNECTIONS) ?? 0,
  };
  return consistent(limits);
}

/** A limit that refines another is nothing without it; bursts have defaults. */
function consistent(limits: Limits): Limits {
  const { Bandwidth, PacketRate } = limits;
  const Peakrate = Bandwidth !== 0 && limits.Peakrate > Bandwidth ? limits.Peakrate : 0;
  return {
    ...limits,
    Burst: Bandwidth === 0 ? 0 : limits.Burst || DEFAULT_BURST,
    Peakrate,
    Minburst: Peakrate === 0 ? 0 : limits.Minburst,
    PacketBurst: PacketRate === 0 ? 0 : limits.PacketBurst || DEFAULT_PACKET_BURST,
  };
}

/** Undefined where there is no text, 0 where it is no quantity. */
function within({ least, most }: Range, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseQuantity(text);
  if (value === undefined) return 0;
  return value < BigInt(least) ? least : value > BigInt(most) ? most : Number(value);
}
