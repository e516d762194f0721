import { visible } from '../../../core/page/text.ts';
import { type Colour, cellColour, css, inkOn } from './colours.ts';
import { drawCorner, drawSign } from './glyphs.ts';
import { cellOf, type Tile } from './layout.ts';
import { addressText, type Holding, type MapBlock, type Place } from './model.ts';
import type { Point, Scene } from './scene.ts';
import { fitting } from './text.ts';

/** From how many pixels a cell on addresses and names are drawn. */
const [ADDRESSES, NAMES] = [30, 72];

/** Signs, addresses and names over the cells of a block. */
export function drawCells(
  context: CanvasRenderingContext2D,
  scene: Scene,
  tile: Tile,
  block: MapBlock,
): void {
  const { camera, screen, colouring, hits } = scene;
  const size = camera.scale;
  const marks = hits?.byBlock.get(block);
  const holdings = size >= NAMES ? scene.holdings(block) : undefined;
  for (let ordinal = 0; ordinal < block.states.length; ordinal++) {
    const cell = cellOf(tile, ordinal);
    const box = { x: (cell.x - camera.x) * size, y: (cell.y - camera.y) * size, size };
    if (box.x + size < 0 || box.y + size < 0 || box.x > screen.width || box.y > screen.height) continue;
    if (hits !== undefined && marks?.[ordinal] !== 1) continue;
    const colour = cellColour({ block, ordinal }, colouring);
    if (size < ADDRESSES) drawSign(context, block.states[ordinal]!, box, colour);
    else drawSmallSign(context, block.states[ordinal]!, box, colour);
    if (block.borrowed?.has(ordinal)) drawCorner(context, box, colour, size < ADDRESSES ? 0.42 : 0.22);
    if (size >= ADDRESSES) drawAddress(context, { block, ordinal }, box, colour, holdings?.get(ordinal));
  }
}

/** The end of the address, and below it the pod where there is room. */
function drawAddress(
  context: CanvasRenderingContext2D,
  place: Place,
  { x, y, size }: Point & { size: number },
  on: Colour,
  holding: Holding | undefined,
): void {
  context.fillStyle = css(inkOn(on));
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.font = `${Math.min(14, size * 0.32)}px system-ui, sans-serif`;
  context.fillText(fitting(context, lastPart(place), size * 0.9), x + size * 0.08, y + size * 0.12);
  const name = holding?.name ?? '';
  if (name === '') return;
  context.font = `${Math.min(12, size * 0.15)}px system-ui, sans-serif`;
  const text = visible(name.slice(name.indexOf('/') + 1));
  context.fillText(fitting(context, text, size * 0.84), x + size * 0.08, y + size * 0.42);
}

/** Beside the number of the address. */
function drawSmallSign(
  context: CanvasRenderingContext2D,
  state: string,
  box: Point & { size: number },
  on: number,
): void {
  const size = box.size * 0.55;
  drawSign(
    context,
    state,
    { x: box.x + box.size * 0.92 - size, y: box.y + box.size * 0.92 - size, size },
    on,
  );
}

/** `.17`, or the last group of IPv6. */
function lastPart(place: Place): string {
  const text = addressText(place);
  return text.slice(Math.max(text.lastIndexOf('.'), text.lastIndexOf(':')));
}
