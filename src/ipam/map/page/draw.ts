import { visible, withCommas } from '../../../core/page/text.ts';
import { drawCells } from './cells.ts';
import { css, inkOn, mix } from './colours.ts';
import { drawHeaders, drawRowLabels } from './headers.ts';
import { cellOf, LABEL, type Room, rowsBetween, type Tile, tilesBetween } from './layout.ts';
import type { MapBlock, Place } from './model.ts';
import { FADED, labelColour } from './pixels.ts';
import type { Point, Scene } from './scene.ts';
import { drawTexts, fitting } from './text.ts';

/** From how many pixels a cell on lines and signs are drawn. */
const [LINES, SIGNS] = [4, 9];

export function drawScene(context: CanvasRenderingContext2D, scene: Scene): void {
  const { camera, layout, screen, colouring } = scene;
  context.fillStyle = css(colouring.theme.background);
  context.fillRect(0, 0, screen.width, screen.height);
  context.imageSmoothingEnabled = camera.scale < 2;
  context.imageSmoothingQuality = 'high';
  for (const { top, image, height } of scene.bands)
    context.drawImage(
      ...([image, -camera.x * camera.scale, (top - camera.y) * camera.scale] as const),
      ...([layout.width * camera.scale, height * camera.scale] as const),
    );
  const bottom = camera.y + screen.height / camera.scale;
  const right = camera.x + screen.width / camera.scale;
  const rows = rowsBetween(layout, camera.y, bottom);
  if (camera.scale >= LINES)
    for (const row of rows)
      for (const tile of tilesBetween(row, camera.x, right)) drawTile(context, scene, tile);
  drawRowLabels(context, scene, rows);
  drawHeaders(context, scene);
  if (scene.hits !== undefined && scene.hits.count <= 400)
    for (const place of scene.hits.first) outline(context, scene, place, 2, css(colouring.theme.text));
  if (scene.hovered !== undefined) outline(context, scene, scene.hovered, 1.5, css(colouring.theme.text));
  if (scene.selected !== undefined) outline(context, scene, scene.selected, 3, css(colouring.theme.accent));
}

function drawTile(context: CanvasRenderingContext2D, scene: Scene, tile: Tile): void {
  const { scale, x, y } = scene.camera;
  const box = { x: (tile.x - x) * scale, y: (tile.y - y) * scale };
  if (tile.block === undefined) {
    drawRoom(context, scene, tile, box);
    return;
  }
  drawGrid(context, scene, tile, box);
  drawLabel(context, scene, tile, box, tile.block);
  if (scale >= SIGNS) drawCells(context, scene, tile, tile.block);
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { camera, colouring }: Scene,
  tile: Tile,
  box: Point,
): void {
  const { scale } = camera;
  const [top, bottom] = [box.y + LABEL * scale, box.y + tile.height * scale];
  context.strokeStyle = css(colouring.theme.background);
  context.lineWidth = Math.min(3, Math.max(1, scale * 0.09));
  context.beginPath();
  for (let column = 0; column <= tile.width; column++) {
    context.moveTo(box.x + column * scale, top);
    context.lineTo(box.x + column * scale, bottom);
  }
  for (let line = LABEL; line <= tile.height; line++) {
    context.moveTo(box.x, box.y + line * scale);
    context.lineTo(box.x + tile.width * scale, box.y + line * scale);
  }
  context.stroke();
}

/** The owner's bar, with its name and the block as far as they fit. */
function drawLabel(
  context: CanvasRenderingContext2D,
  { camera: { scale }, colouring, model, hits }: Scene,
  tile: Tile,
  box: Point,
  block: MapBlock,
): void {
  const isFaded = hits !== undefined && !hits.byBlock.has(block);
  const full = labelColour(tile, colouring);
  const colour = isFaded ? mix(full, colouring.theme.background, FADED) : full;
  const [width, height] = [tile.width * scale, LABEL * scale * 0.86];
  context.fillStyle = css(colour);
  context.fillRect(box.x, box.y, width, height);
  const owner = visible((model.owners[block.owner] ?? 'nobody').replace(/^host:/, ''));
  drawTexts(context, [owner, block.cidr], { ...box, width, height }, inkOn(colour));
}

function drawRoom(
  context: CanvasRenderingContext2D,
  { camera: { scale }, colouring }: Scene,
  { room, ...tile }: Tile,
  box: Point,
): void {
  const [width, height] = [tile.width * scale, tile.height * scale];
  context.strokeStyle = css(mix(colouring.theme.faint, colouring.theme.background, 0.6));
  context.lineWidth = 1;
  context.setLineDash([4, 4]);
  context.strokeRect(box.x + 0.5, box.y + 0.5, width - 1, height - 1);
  context.setLineDash([]);
  if (room === undefined || width < 44) return;
  const lines = roomLines(room);
  const size = Math.min(13, width / 7);
  context.font = `${size}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = css(colouring.theme.faint);
  for (const [index, line] of lines.entries()) {
    const y = box.y + height / 2 + (index - (lines.length - 1) / 2) * size * 1.3;
    context.fillText(fitting(context, line, width - 4), box.x + width / 2, y);
  }
}

function roomLines({ blocks, addresses }: Room): readonly string[] {
  if (blocks === 1n) return ['free block'];
  return blocks === 0n ? [shortNumber(addresses), 'addresses'] : [shortNumber(blocks), 'free blocks'];
}

/** Digits where they fit; of what no network has, the power of two. */
function shortNumber(count: bigint): string {
  const digits = withCommas(count);
  return digits.length <= 11 ? digits : `> 2^${count.toString(2).length - 1}`;
}

/** Never so small that it cannot be seen from afar. */
function outline(
  context: CanvasRenderingContext2D,
  scene: Scene,
  place: Place,
  line: number,
  colour: string,
): void {
  const tile = scene.layout.tileOf.get(place.block);
  if (tile === undefined) return;
  const { camera } = scene;
  const cell = cellOf(tile, place.ordinal);
  const size = Math.max(camera.scale, 7);
  const x = (cell.x + 0.5 - camera.x) * camera.scale - size / 2;
  const y = (cell.y + 0.5 - camera.y) * camera.scale - size / 2;
  context.strokeStyle = css(scene.colouring.theme.background);
  context.lineWidth = line + 2;
  context.strokeRect(x, y, size, size);
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(x, y, size, size);
}
