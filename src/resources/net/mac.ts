/** A hardware address as its 6 (MAC-48), 8 (EUI-64) or 20 (IP over InfiniBand) bytes. */
export type Mac = readonly number[];

const LENGTHS = [6, 8, 20];
const PAIRS = /^[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2})*$/;
const QUADS = /^[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4})+$/;

/** Reads what Go's net.ParseMAC reads: pairs of digits with one kind of `:` or `-`, or fours with `.` between. */
export function parseMac(text: string): Mac | undefined {
  if (!PAIRS.test(text) && !QUADS.test(text)) return undefined;
  const bytes = text.match(/[0-9a-fA-F]{2}/g)!.map((digits) => Number.parseInt(digits, 16));
  return LENGTHS.includes(bytes.length) ? bytes : undefined;
}

/** Lower-case pairs with colons between, as Go prints it. */
export function formatMac(mac: Mac): string {
  return mac.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
