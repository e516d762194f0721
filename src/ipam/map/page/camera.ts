/** Which part of the map is seen: pixel = (cell - origin) * scale. */
export interface Camera {
  /** Cell at the upper left corner. */
  readonly x: number;
  readonly y: number;
  /** Pixels a cell. */
  readonly scale: number;
}

/** Width and height, in pixels of CSS or in cells. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room at the left of the map, for the first address of each row, and at its other edges; in pixels. */
export const MARGIN = { left: 112, other: 16 };

/** An address and the name of its pod can be read within its cell. */
const CLOSEST = 160;

/** The whole map. */
export function fitted(map: Size, screen: Size): Camera {
  const across = Math.max(1, screen.width - MARGIN.left - MARGIN.other);
  const down = Math.max(1, screen.height - 2 * MARGIN.other);
  const scale = Math.min(across / map.width, down / map.height, 24);
  return { scale, x: -MARGIN.left / scale, y: -MARGIN.other / scale };
}

/** Larger or smaller, with the cell under a pixel staying where it is. */
export function zoomed(camera: Camera, factor: number, at: { x: number; y: number }, least: number): Camera {
  const scale = Math.min(CLOSEST, Math.max(least, camera.scale * factor));
  const cell = { x: camera.x + at.x / camera.scale, y: camera.y + at.y / camera.scale };
  return { scale, x: cell.x - at.x / scale, y: cell.y - at.y / scale };
}

/** Moved by pixels, never so far that no part of the map is seen. */
export function panned(camera: Camera, by: { x: number; y: number }, map: Size, screen: Size): Camera {
  const clamp = (value: number, size: number, seen: number) =>
    Math.min(size - (seen * 0.2) / camera.scale, Math.max((-seen * 0.8) / camera.scale, value));
  return {
    scale: camera.scale,
    x: clamp(camera.x + by.x / camera.scale, map.width, screen.width),
    y: clamp(camera.y + by.y / camera.scale, map.height, screen.height),
  };
}

/** With a cell in the middle, at least as close as `scale`. */
export function centred(camera: Camera, cell: { x: number; y: number }, scale: number, screen: Size): Camera {
  const next = Math.max(camera.scale, scale);
  return {
    scale: next,
    x: cell.x + 0.5 - screen.width / 2 / next,
    y: cell.y + 0.5 - screen.height / 2 / next,
  };
}
