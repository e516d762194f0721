import type { Camera, Size } from './camera.ts';
import type { Colouring } from './colours.ts';
import type { Layout } from './layout.ts';
import type { Holding, MapBlock, MapModel, Place } from './model.ts';
import type { Hits } from './search.ts';

/** All that is drawn. */
export interface Scene {
  readonly model: MapModel;
  readonly layout: Layout;
  readonly camera: Camera;
  readonly screen: Size;
  readonly colouring: Colouring;
  readonly bands: readonly {
    readonly top: number;
    readonly image: CanvasImageSource;
    readonly height: number;
  }[];
  readonly hits: Hits | undefined;
  readonly selected: Place | undefined;
  readonly hovered: Place | undefined;
  readonly holdings: (block: MapBlock) => ReadonlyMap<number, Holding>;
}

/** In pixels of the canvas. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
