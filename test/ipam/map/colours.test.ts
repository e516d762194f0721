import { describe, expect, test } from 'bun:test';
import { STATES } from '../../../src/ipam/map/data.ts';
import {
  type Colour,
  coloursOf,
  contrast,
  DARK,
  inkOn,
  LIGHT,
  PALETTE,
  STATE_COLOURS,
} from '../../../src/ipam/map/page/colours.ts';

type Triple = readonly [number, number, number];

/** How red, green and blue look without cones for long waves, and without those for middle ones (Machado and others, 2009). */
const SIGHTS: Readonly<Record<string, readonly Triple[]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function times(rows: readonly Triple[], [x, y, z]: Triple): Triple {
  return rows.map((row) => row[0] * x + row[1] * y + row[2] * z) as unknown as Triple;
}

/** OKLab: two colours that differ by 0.02 can just be told apart side by side. */
function lab(colour: Colour, sight: readonly Triple[]): Triple {
  const linear = [16, 8, 0].map((shift) => {
    const value = ((colour >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    times(sight, linear).map((value) => Math.max(0, value)) as unknown as Triple,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt) as unknown as Triple,
  );
}

function nearest(colours: readonly Colour[], sight: readonly Triple[]): number {
  const labs = colours.map((colour) => lab(colour, sight));
  const distances = labs.flatMap((one, index) =>
    labs.slice(0, index).map((other) => Math.hypot(...one.map((value, axis) => value - other[axis]!))),
  );
  return Math.min(...distances);
}

describe('colours of the map', () => {
  for (const [name, sight] of Object.entries(SIGHTS))
    test(`keep owners and states apart for ${name} sight`, () => {
      expect(nearest(PALETTE, sight)).toBeGreaterThan(0.065);
      expect(nearest(Object.values(STATE_COLOURS), sight)).toBeGreaterThan(0.09);
    });

  test('stand out from both backgrounds, and have ink that reads on them', () => {
    for (const colour of [...PALETTE, ...Object.values(STATE_COLOURS)]) {
      expect(contrast(colour, LIGHT.background)).toBeGreaterThan(1.4);
      expect(contrast(colour, DARK.background)).toBeGreaterThan(1.4);
      expect(contrast(inkOn(colour), colour)).toBeGreaterThan(4.5);
    }
    for (const { text, faint, background, room } of [LIGHT, DARK])
      for (const back of [background, room])
        expect(Math.min(contrast(text, back), contrast(faint, back))).toBeGreaterThan(4.5);
  });

  test('are known for every state but free', () => {
    expect(Object.keys(STATES).filter((letter) => STATE_COLOURS[letter] === undefined)).toEqual(['.']);
  });

  test('are the same for a name whatever the order, and differ while there are enough', () => {
    const names = Array.from({ length: 48 }, (_, number) => `host:worker-${number}`);
    const colours = coloursOf(names);
    expect(coloursOf([...names].reverse())).toEqual([...colours].reverse());
    expect(new Set(colours).size).toBe(48);
    expect(new Set(coloursOf(names.slice(0, 16))).size).toBe(16);
    expect(coloursOf(['host:worker-7'])).toEqual(coloursOf(['host:worker-7', 'host:a']).slice(0, 1));
  });
});
