import { type Colour, css, inkOn } from './colours.ts';

/** Signs for states, so that nobody has to tell them by colour. */

interface Box {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

type Drawing = (context: CanvasRenderingContext2D, box: Box) => void;

const SIGNS: Readonly<Record<string, Drawing>> = {
  v: (context, { x, y, size }) => context.strokeRect(x + size * 0.3, y + size * 0.3, size * 0.4, size * 0.4),
  t: ring,
  l: diamond,
  u: (context, box) => letter(context, box, '?'),
  x: (context, box) => letter(context, box, '!'),
  c: stripes,
  w: panes,
  r: cross,
};

/** Draws the sign of a state over its cell; workloads and free addresses have none. */
export function drawSign(context: CanvasRenderingContext2D, state: string, box: Box, on: Colour): void {
  const sign = SIGNS[state];
  if (sign === undefined) return;
  context.strokeStyle = css(inkOn(on));
  context.fillStyle = css(inkOn(on));
  context.lineWidth = Math.max(1, box.size * 0.08);
  sign(context, box);
}

/** A corner for an address that another node has than the block's owner. */
export function drawCorner(
  context: CanvasRenderingContext2D,
  { x, y, size }: Box,
  on: Colour,
  part = 0.42,
): void {
  context.fillStyle = css(inkOn(on));
  context.beginPath();
  context.moveTo(x + size, y);
  context.lineTo(x + size, y + size * part);
  context.lineTo(x + size * (1 - part), y);
  context.fill();
}

function ring(context: CanvasRenderingContext2D, { x, y, size }: Box): void {
  context.beginPath();
  context.arc(x + size / 2, y + size / 2, size * 0.24, 0, 2 * Math.PI);
  context.stroke();
}

function diamond(context: CanvasRenderingContext2D, { x, y, size }: Box): void {
  const half = size * 0.26;
  context.beginPath();
  context.moveTo(x + size / 2, y + size / 2 - half);
  context.lineTo(x + size / 2 + half, y + size / 2);
  context.lineTo(x + size / 2, y + size / 2 + half);
  context.lineTo(x + size / 2 - half, y + size / 2);
  context.fill();
}

function letter(context: CanvasRenderingContext2D, { x, y, size }: Box, text: string): void {
  context.font = `bold ${size * 0.66}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + size / 2, y + size * 0.54);
}

function stripes(context: CanvasRenderingContext2D, { x, y, size }: Box): void {
  context.beginPath();
  for (const part of [0.35, 0.7, 1]) {
    context.moveTo(x, y + size * part);
    context.lineTo(x + size * part, y);
  }
  context.moveTo(x + size * 0.35, y + size);
  context.lineTo(x + size, y + size * 0.35);
  context.moveTo(x + size * 0.7, y + size);
  context.lineTo(x + size, y + size * 0.7);
  context.stroke();
}

function panes(context: CanvasRenderingContext2D, { x, y, size }: Box): void {
  const pane = size * 0.18;
  for (const across of [0.28, 0.54])
    for (const down of [0.28, 0.54]) context.fillRect(x + size * across, y + size * down, pane, pane);
}

function cross(context: CanvasRenderingContext2D, { x, y, size }: Box): void {
  context.beginPath();
  context.moveTo(x + size * 0.28, y + size * 0.28);
  context.lineTo(x + size * 0.72, y + size * 0.72);
  context.moveTo(x + size * 0.72, y + size * 0.28);
  context.lineTo(x + size * 0.28, y + size * 0.72);
  context.stroke();
}
