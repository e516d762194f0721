/**
 * Reads the IPv4 address at the beginning of a text such as `10.0.0.1/32` as a number, without making an object of it:
 * there may be a million of them. -1 for whatever is not one in its usual form, or is a wider network.
 */
export function plainV4(text: string): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  let at = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (octet === 0) return -1;
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return -1;
    } else if (code === 46 && octet >= 0 && dots < 3) {
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else break;
  }
  if (dots !== 3 || octet < 0) return -1;
  return at === text.length || (text.length === at + 3 && text.endsWith('/32')) ? value * 256 + octet : -1;
}

/** The address in its usual form. */
export function formatV4Number(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}
