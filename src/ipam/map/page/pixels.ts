import { type Colour, type Colouring, cellColour, mix } from './colours.ts';
import { LABEL, type Layout, rowsBetween, type Tile } from './layout.ts';
import { ownerAt } from './model.ts';
import type { Hits } from './search.ts';

/**
 * The map with a pixel a cell. It is made once, in bands; from then on the browser scales it, so that a million addresses are
 * drawn as fast as a hundred.
 */
export const BAND = 2048;

/** What is not found fades so far. */
export const FADED = 0.82;

/** Pixels of the band that begins at `top`, as the four bytes a pixel of ImageData. */
export function bandPixels(
  layout: Layout,
  top: number,
  colouring: Colouring,
  hits: Hits | undefined,
): ImageDataArray {
  const height = Math.min(BAND, layout.height - top);
  const pixels = new Uint32Array(layout.width * height);
  pixels.fill(packed(colouring.theme.background));
  const put = (x: number, y: number, colour: Colour) => {
    if (y >= top && y < top + height) pixels[(y - top) * layout.width + x] = packed(colour);
  };
  for (const row of rowsBetween(layout, top, top + height))
    for (const tile of row.tiles) putTile(tile, colouring, hits, put);
  return new Uint8ClampedArray(pixels.buffer);
}

type Put = (x: number, y: number, colour: Colour) => void;

function putTile(tile: Tile, colouring: Colouring, hits: Hits | undefined, put: Put): void {
  const { theme } = colouring;
  const { block } = tile;
  const faded = (colour: Colour) => mix(colour, theme.background, FADED);
  if (block === undefined) {
    for (let y = 0; y < tile.height; y++)
      for (let x = 0; x < tile.width; x++) put(tile.x + x, tile.y + y, theme.room);
    return;
  }
  const marks = hits?.byBlock.get(block);
  const label = labelColour(tile, colouring);
  // A line stays free between the label and the cells.
  for (let y = 0; y < LABEL - 1; y++)
    for (let x = 0; x < tile.width; x++)
      put(tile.x + x, tile.y + y, hits !== undefined && marks === undefined ? faded(label) : label);
  for (let x = 0; x < tile.width; x++) put(tile.x + x, tile.y + LABEL - 1, theme.background);
  for (let ordinal = 0; ordinal < block.states.length; ordinal++) {
    const colour = cellColour({ block, ordinal }, colouring);
    const isHit = hits === undefined || marks?.[ordinal] === 1;
    const y = tile.y + LABEL + Math.floor(ordinal / tile.width);
    put(tile.x + (ordinal % tile.width), y, isHit ? colour : faded(colour));
  }
}

/** The owner's colour. */
export function labelColour({ block }: Tile, { owners, theme }: Colouring): Colour {
  return (block && owners[block.owner]) ?? theme.faint;
}

/** The owner's colour of one address, for what is drawn into its cell. */
export function borrowerColour(tile: Tile, ordinal: number, { owners, theme }: Colouring): Colour {
  return (tile.block && owners[ownerAt({ block: tile.block, ordinal })]) ?? theme.faint;
}

/** As bytes in memory: red first. */
function packed(colour: Colour): number {
  return (0xff000000 | ((colour & 255) << 16) | (colour & 0xff00) | (colour >> 16)) >>> 0;
}
