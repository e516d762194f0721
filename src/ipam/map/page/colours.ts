import { ownerAt, type Place } from './model.ts';

/** A colour as 0xRRGGBB. */
export type Colour = number;

export interface Theme {
  readonly dark: boolean;
  readonly background: Colour;
  /** Cells of blocks that nobody owns. */
  readonly cell: Colour;
  /** Room between blocks. */
  readonly room: Colour;
  readonly text: Colour;
  readonly faint: Colour;
  readonly accent: Colour;
}

export const LIGHT: Theme = {
  ...{ dark: false, background: 0xffffff, cell: 0xe4e7ec, room: 0xf4f5f7 },
  ...{ text: 0x1a1f29, faint: 0x5b6472, accent: 0x0b57d0 },
};

export const DARK: Theme = {
  ...{ dark: true, background: 0x14171c, cell: 0x30363f, room: 0x1b1f25 },
  ...{ text: 0xe8ebf0, faint: 0xa2abb8, accent: 0x8ab4f8 },
};

/**
 * Colours for owners, searched for by distance in OKLab: any two differ clearly for full sight, for protanopia and for
 * deuteranopia, and all stand out from both backgrounds. A test measures it.
 */
export const PALETTE: readonly Colour[] = [
  0x2a76e2, 0xff8516, 0x79368d, 0x27e3bd, 0xa73a1b, 0xa79ef2, 0xe5598e, 0xbad074, 0x3448ba, 0xba7331,
  0x8dccf9, 0x9f0c54, 0x5dbcbf, 0xed8a8e, 0xb249ac, 0xb17ac2,
];

/** Colours of states where the map is coloured by them; they keep apart without red and green too. */
export const STATE_COLOURS: Readonly<Record<string, Colour>> = {
  ...{ p: 0x2a76e2, v: 0x7cc7ff, t: 0x27e3bd, l: 0x79368d, u: 0xd97000 },
  ...{ x: 0xc4151c, c: 0xe3c940, w: 0x868e9a, r: 0xc9a67a },
};

/** FNV-1a: the same name begins at the same colour on every page. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/** By owner's number. A name has the colour it hashes to, or the next that fewer have; then lighter and darker ones. */
export function coloursOf(owners: readonly string[]): readonly Colour[] {
  const uses = PALETTE.map(() => 0);
  const colours: Colour[] = Array(owners.length).fill(0);
  const inOrder = owners.map((name, owner) => ({ name, owner })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, owner } of inOrder) {
    const least = Math.min(...uses);
    let slot = hashOf(name) % PALETTE.length;
    while (uses[slot]! > least) slot = (slot + 1) % PALETTE.length;
    const round = uses[slot]!++ % 3;
    const base = PALETTE[slot]!;
    colours[owner] = round === 0 ? base : mix(base, round === 1 ? 0xffffff : 0x000000, 0.3);
  }
  return colours;
}

export type ColourBy = 'owner' | 'state';

export interface Colouring {
  readonly theme: Theme;
  readonly by: ColourBy;
  readonly owners: readonly Colour[];
}

/** What a cell is filled with. */
export function cellColour(place: Place, { theme, by, owners }: Colouring): Colour {
  const letter = place.block.states[place.ordinal]!;
  const owner = owners[ownerAt(place)];
  if (by === 'state') return letter === '.' ? theme.cell : STATE_COLOURS[letter]!;
  switch (letter) {
    case '.':
      return owner === undefined ? theme.cell : mix(theme.cell, owner, 0.16);
    case 'c':
      return mix(theme.cell, owner ?? theme.faint, 0.5);
    case 'r':
      return mix(theme.cell, STATE_COLOURS['r']!, 0.8);
    case 'w':
    case 'x':
      return STATE_COLOURS[letter]!;
    default:
      return owner ?? theme.faint;
  }
}

/** `share` of the second, the rest of the first. */
export function mix(first: Colour, second: Colour, share: number): Colour {
  const part = (shift: number) =>
    Math.round(((first >> shift) & 255) * (1 - share) + ((second >> shift) & 255) * share) << shift;
  return part(16) | part(8) | part(0);
}

export function css(colour: Colour): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

/** Relative luminance as WCAG defines it. */
export function luminance(colour: Colour): number {
  const [red, green, blue] = [16, 8, 0].map((shift) => {
    const value = ((colour >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Contrast of two colours as WCAG defines it, 1 to 21. */
export function contrast(first: Colour, second: Colour): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

/** Black or white, whichever reads better. */
export function inkOn(colour: Colour): Colour {
  return contrast(colour, 0xffffff) >= contrast(colour, 0x000000) ? 0xffffff : 0x000000;
}
