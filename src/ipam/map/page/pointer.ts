import type { App } from './app.ts';
import { addressOf, type Place, placeOf } from './model.ts';
import { showTip, tipLines } from './panel.ts';

/** Mouse, touch and keys on the canvas. */

/** A press that moves less is a click. */
const STILL = 4;

export interface Reactions {
  choose(place: Place | undefined): void;
  search(): void;
  leave(): void;
}

export function followPointer(canvas: HTMLCanvasElement, tip: HTMLElement, app: App, react: Reactions): void {
  const pressed = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const pointOf = (event: MouseEvent) => ({ x: event.offsetX, y: event.offsetY });
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, pointOf(event));
    moved = 0;
  });
  canvas.addEventListener('pointermove', (event) => {
    const point = pointOf(event);
    const from = pressed.get(event.pointerId);
    if (from === undefined) {
      showUnder(tip, app, point);
      return;
    }
    moved += Math.abs(point.x - from.x) + Math.abs(point.y - from.y);
    if (pressed.size === 2) pinch(app, pressed, event.pointerId, point);
    else if (moved > STILL) app.pan({ x: from.x - point.x, y: from.y - point.y });
    pressed.set(event.pointerId, point);
    tip.hidden = true;
  });
  canvas.addEventListener('pointerup', (event) => {
    if (pressed.delete(event.pointerId) && moved <= STILL) react.choose(app.at(pointOf(event))?.place);
  });
  canvas.addEventListener('pointercancel', (event) => pressed.delete(event.pointerId));
  canvas.addEventListener('pointerleave', () => {
    tip.hidden = true;
    app.hover(undefined);
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      // Lines are as good as sixteen pixels each.
      const delta = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      app.zoom(1.0018 ** -Math.max(-400, Math.min(400, delta)), pointOf(event));
      tip.hidden = true;
    },
    { passive: false },
  );
  canvas.addEventListener('dblclick', (event) => app.zoom(3, pointOf(event)));
}

function pinch(
  app: App,
  pressed: ReadonlyMap<number, { x: number; y: number }>,
  moving: number,
  to: { x: number; y: number },
): void {
  const [still] = [...pressed].filter(([id]) => id !== moving).map(([, point]) => point);
  const from = pressed.get(moving);
  if (still === undefined || from === undefined) return;
  const [before, after] = [from, to].map((point) => Math.hypot(point.x - still.x, point.y - still.y));
  app.zoom(Math.max(0.2, after! / Math.max(1, before!)), still);
}

function showUnder(tip: HTMLElement, app: App, point: { x: number; y: number }): void {
  const under = app.at(point);
  app.hover(under?.place);
  const holding = under?.place && app.holdings(under.place.block).get(under.place.ordinal);
  const lines = under === undefined ? [] : tipLines(app.model, under.tile, under.place, holding);
  showTip(tip, lines, point);
}

/** How far an arrow key moves the map, in pixels. */
const STEP = 80;

const ARROWS: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ...{ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] },
};

/** Arrows move from address to address where one is chosen, and the map otherwise or with Shift. */
export function followKeys(canvas: HTMLCanvasElement, app: App, react: Reactions): void {
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) move(app, arrow, event.shiftKey, react);
    else if (event.key === '+' || event.key === '=') app.zoom(1.5);
    else if (event.key === '-') app.zoom(1 / 1.5);
    else if (event.key === '0' || event.key === 'Home') app.fit();
    else if (event.key === 'Escape') react.leave();
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    react.search();
  });
}

function move(app: App, [across, down]: readonly [number, number], isMap: boolean, react: Reactions): void {
  const { selected, layout } = app.scene();
  const tile = selected && layout.tileOf.get(selected.block);
  if (isMap || selected === undefined || tile === undefined) {
    app.pan({ x: across * STEP, y: down * STEP });
    return;
  }
  const address = addressOf(selected);
  const value = address.value + BigInt(across + down * tile.width);
  const next = placeOf(app.model, { ...address, value });
  if (next === undefined) return;
  react.choose(next);
  app.show(next);
}
