/**
 * What the page is told. The command writes it, the page's script reads it; both are built from here. Everything about a
 * million addresses has to fit, so it comes in columns, states are one letter each, and what is only looked at on demand
 * (handles, pods) stays text until somebody asks for it.
 */

/** What is known of an address, one letter each; the order is that of the legend. */
export const STATES = {
  p: 'Workload',
  v: 'Virtual machine',
  t: 'Tunnel of a node',
  l: 'Load balancer',
  u: 'Unknown owner',
  x: 'Leaked: nobody uses it',
  c: 'Resting after release',
  w: 'Reserved for Windows',
  r: 'Free, but reserved',
  '.': 'Free',
} as const;

export type StateLetter = keyof typeof STATES;

/** Nobody has them and the next caller may, or may not for a reservation. */
export function isFree(letter: string): boolean {
  return letter === '.' || letter === 'r';
}

export interface MapPool {
  readonly name: string;
  readonly cidr: string;
  readonly disabled: boolean;
  /** Prefix length of its blocks. */
  readonly blockSize: number;
  readonly nodeSelector: string;
}

/** Known before the first block is read. */
export interface MapHead {
  /** RFC 3339. */
  readonly generated: string;
  readonly program: string;
  readonly cooldownSeconds: number;
  readonly pools: readonly MapPool[];
  readonly reservations: readonly { readonly name: string; readonly cidr: string }[];
  /** Whether it was looked at who uses the addresses, so that leaks are told. */
  readonly leaksKnown: boolean;
}

/** Some blocks, in columns; their details are as many lines of another element. */
export interface BlockColumns {
  readonly cidr: string[];
  /** Index in `MapTail.owners`, -1 for nobody. */
  readonly owner: number[];
  /** RFC 3339, or empty. */
  readonly claimed: string[];
  /** Decimal digits. */
  readonly sequence: string[];
  /** A letter an address. */
  readonly states: string[];
  /** Ordinals and owners in turn, of addresses that another node has than the block's owner. */
  readonly borrowed: (readonly number[])[];
}

/** Known after the last block. */
export interface MapTail {
  /** `host:NODE` and `virtual:NAME`, by index. */
  readonly owners: readonly string[];
  /** Stored blocks that cannot be understood, and why. */
  readonly unreadable: readonly string[];
}

/** More of the addresses of a block that are not free, in their order. One line of JSON. */
export interface BlockDetails {
  readonly handles: readonly string[];
  /** `namespace/name` of a pod, a virtual machine or a service; empty for others. */
  readonly names: readonly string[];
  /** When it was taken, or released; 0: as the one before. */
  readonly times: readonly (string | 0)[];
  /** How far the sequence number lies below the block's; digits where that is no exact number. */
  readonly sequences: readonly (number | string)[];
  /** Other attributes, by index in the columns. */
  readonly more: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Ids and classes of the elements that hold it. */
export const ELEMENTS = { head: 'map-head', tail: 'map-tail', blocks: 'map-blocks', details: 'map-details' };
