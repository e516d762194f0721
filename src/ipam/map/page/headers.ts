import { visible, withCommas } from '../../../core/page/text.ts';
import { formatAddress } from '../../../resources/net/address.ts';
import { MARGIN } from './camera.ts';
import { css } from './colours.ts';
import type { Row } from './layout.ts';
import type { MapSection } from './model.ts';
import type { Scene } from './scene.ts';

/** Lines of text are as high at every scale, so only so many as fit are written. */
const LINE = 15;

/** The pool's name above its blocks. */
export function drawHeaders(
  context: CanvasRenderingContext2D,
  { camera, layout, colouring, screen }: Scene,
): void {
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  for (const { section, y, height } of layout.sections) {
    const first = layout.rows.find((row) => row.y >= y && row.y < y + height);
    const bottom = ((first?.y ?? y + height) - camera.y) * camera.scale - 7;
    if (bottom < 0 || bottom > screen.height + LINE || height * camera.scale < LINE) continue;
    const x = Math.max(MARGIN.other, -camera.x * camera.scale);
    const name = section.pool === undefined ? 'In no pool' : visible(section.pool.name);
    context.font = '700 15px system-ui, sans-serif';
    context.fillStyle = css(colouring.theme.text);
    context.fillText(name, x, bottom);
    const after = x + context.measureText(name).width + 10;
    context.font = '13px system-ui, sans-serif';
    context.fillStyle = css(colouring.theme.faint);
    context.fillText(aboutSection(section), after, bottom);
  }
}

function aboutSection({ pool, blocks, used }: MapSection): string {
  return [
    ...(pool === undefined ? [] : [pool.cidr]),
    `${withCommas(blocks.length)} ${blocks.length === 1 ? 'block' : 'blocks'}`,
    `${withCommas(used)} ${used === 1 ? 'address' : 'addresses'} in use`,
    ...(pool?.disabled ? ['disabled'] : []),
  ].join(' · ');
}

/** The first address of a row, at its left. */
export function drawRowLabels(
  context: CanvasRenderingContext2D,
  { camera, colouring }: Scene,
  rows: readonly Row[],
): void {
  const x = -camera.x * camera.scale - 8;
  if (x < 40) return;
  context.font = '11px ui-monospace, monospace';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = css(colouring.theme.faint);
  let free = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const y = (row.y + row.height / 2 - camera.y) * camera.scale;
    const tile = row.tiles[0];
    if (y < free || tile === undefined) continue;
    free = y + LINE;
    context.fillText(formatAddress(tile.block?.range.address ?? tile.room!.first), x, y, x - 4);
  }
}
