import { type Camera, centred, fitted, panned, type Size, zoomed } from './camera.ts';
import { type ColourBy, coloursOf, LIGHT, type Theme } from './colours.ts';
import { drawScene } from './draw.ts';
import { cellOf, type Layout, layoutOf, ordinalAt, type Tile, tileAt } from './layout.ts';
import { detailReader, type MapModel, type Place } from './model.ts';
import { BAND, bandPixels } from './pixels.ts';
import type { Point, Scene } from './scene.ts';
import type { Hits } from './search.ts';

/** The map on its canvas, and what may be done with it. */
export interface App {
  readonly model: MapModel;
  readonly scene: () => Scene;
  readonly holdings: Scene['holdings'];
  zoom(factor: number, at?: Point): void;
  pan(by: Point): void;
  fit(): void;
  /** Shows an address in the middle, near enough to read its number. */
  show(place: Place): void;
  select(place: Place | undefined): void;
  hover(place: Place | undefined): void;
  find(hits: Hits | undefined): void;
  colour(by: ColourBy): void;
  theme(theme: Theme): void;
  resize(): void;
  /** What is at a point of the canvas. */
  at(point: Point): { readonly tile: Tile; readonly place: Place | undefined } | undefined;
}

/** A cell so large shows the number of its address. */
const READABLE = 44;

/** Text of a pool's name is as high at every scale; what it takes when everything is seen, in pixels. */
const HEADER = 34;

export function startApp(canvas: HTMLCanvasElement, model: MapModel, drawn: () => void): App {
  const context = canvas.getContext('2d', { alpha: false })!;
  const holdings = detailReader(model);
  const owners = coloursOf(model.owners);
  let screen = sizeOf(canvas);
  const layout = placed(model, screen);
  let camera = fitted(layout, screen);
  let colouring = { theme: LIGHT, by: 'owner' as ColourBy, owners };
  let hits: Hits | undefined;
  let selected: Place | undefined;
  let hovered: Place | undefined;
  let bands: Scene['bands'] | undefined;
  let isAsked = false;
  const scene = (): Scene => {
    bands ??= bandsOf(layout, colouring, hits);
    return { model, layout, camera, screen, colouring, bands, hits, selected, hovered, holdings };
  };
  const draw = () => {
    isAsked = false;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawScene(context, scene());
    drawn();
  };
  const redraw = () => {
    if (!isAsked) requestAnimationFrame(draw);
    isAsked = true;
  };
  const repaint = () => {
    bands = undefined;
    redraw();
  };
  const look = (next: Camera) => {
    camera = panned(next, { x: 0, y: 0 }, layout, screen);
    redraw();
  };
  return {
    ...{ model, scene, holdings },
    zoom(factor, at = { x: screen.width / 2, y: screen.height / 2 }) {
      look(zoomed(camera, factor, at, fitted(layout, screen).scale / 2));
    },
    pan: (by) => look(panned(camera, by, layout, screen)),
    fit: () => look(fitted(layout, screen)),
    show(place) {
      const tile = layout.tileOf.get(place.block);
      if (tile !== undefined) look(centred(camera, cellOf(tile, place.ordinal), READABLE, screen));
    },
    select(place) {
      selected = place;
      redraw();
    },
    hover(place) {
      if (place?.block === hovered?.block && place?.ordinal === hovered?.ordinal) return;
      hovered = place;
      redraw();
    },
    find(next) {
      hits = next;
      repaint();
    },
    colour(by) {
      colouring = { ...colouring, by };
      repaint();
    },
    theme(theme) {
      colouring = { ...colouring, theme };
      repaint();
    },
    resize() {
      screen = sizeOf(canvas);
      look(camera);
    },
    at: (point) => pointedAt(layout, camera, point),
  };
}

function pointedAt(layout: Layout, camera: Camera, point: Point): ReturnType<App['at']> {
  const cell = { x: camera.x + point.x / camera.scale, y: camera.y + point.y / camera.scale };
  const tile = tileAt(layout, cell.x, cell.y);
  if (tile === undefined) return undefined;
  const ordinal = ordinalAt(tile, cell.x, cell.y);
  const place =
    ordinal === undefined || tile.block === undefined ? undefined : { block: tile.block, ordinal };
  return { tile, place };
}

/** Makes the canvas as sharp as the screen is. */
function sizeOf(canvas: HTMLCanvasElement): Size {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  return { width: Math.max(1, width), height: Math.max(1, height) };
}

/** Headers take their height in cells of the scale at which everything is seen, which they themselves make smaller. */
function placed(model: MapModel, screen: Size): Layout {
  const aspect = screen.width / screen.height;
  const bare = layoutOf(model.sections, aspect, 0);
  const header = Math.ceil(HEADER / fitted(bare, screen).scale);
  const most = Math.ceil(bare.height / (2 * Math.max(1, model.sections.length))) + 4;
  return layoutOf(model.sections, aspect, Math.min(header, most));
}

function bandsOf(layout: Layout, colouring: Scene['colouring'], hits: Hits | undefined): Scene['bands'] {
  const bands = [];
  for (let top = 0; top < layout.height; top += BAND) {
    const height = Math.min(BAND, layout.height - top);
    const image = document.createElement('canvas');
    image.width = layout.width;
    image.height = height;
    const pixels = bandPixels(layout, top, colouring, hits);
    image.getContext('2d')!.putImageData(new ImageData(pixels, layout.width, height), 0, 0);
    bands.push({ top, image, height });
  }
  return bands;
}
