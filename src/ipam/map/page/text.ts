import type { Size } from './camera.ts';
import { type Colour, css } from './colours.ts';
import type { Point } from './scene.ts';

/** Text that has to fit. */

/** Cut in its middle: names of nodes and pods mostly differ at their ends. */
export function fitting(context: CanvasRenderingContext2D, text: string, width: number): string {
  const whole = context.measureText(text).width;
  if (whole <= width) return text;
  let kept = Math.max(1, Math.floor((text.length * width) / whole) - 1);
  const cut = () =>
    `${text.slice(0, Math.floor(kept / 3))}…${text.slice(text.length - Math.ceil((kept * 2) / 3))}`;
  while (kept > 1 && context.measureText(cut()).width > width) kept--;
  return cut();
}

/** On one line where they fit, below each other where there is room, or else the first alone. */
export function drawTexts(
  context: CanvasRenderingContext2D,
  [first, second]: readonly [string, string],
  { x, y, width, height }: Point & Size,
  ink: Colour,
): void {
  const size = Math.min(15, height * 0.72);
  if (size < 8 || width < 30) return;
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = css(ink);
  const whole = `${first}  ${second}`;
  if (height < 2.4 * size || context.measureText(whole).width <= width - 8) {
    const fits = context.measureText(whole).width <= width - 8;
    context.fillText(fitting(context, fits ? whole : first, width - 8), x + 4, y + height / 2);
    return;
  }
  context.fillText(fitting(context, first, width - 8), x + 4, y + height / 2 - size * 0.62);
  context.font = `${size}px system-ui, sans-serif`;
  context.fillText(fitting(context, second, width - 8), x + 4, y + height / 2 + size * 0.62);
}
