import { inflateSync } from 'node:zlib';

/** A picture as a browser takes it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB of a pixel. */
  at(x: number, y: number): number;
}

/** Reads a PNG of 8 bits a channel, with or without alpha, not interlaced: what Chromium writes. */
export function readPng(bytes: Uint8Array): Picture {
  const view = Buffer.from(bytes);
  const parts: Buffer[] = [];
  for (let at = 8; at < view.length; ) {
    const length = view.readUInt32BE(at);
    if (view.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(view.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [view.readUInt32BE(16), view.readUInt32BE(20)];
  const size = view[25] === 6 ? 4 : 3;
  if (view[24] !== 8 || (view[25] !== 2 && size === 3)) throw new Error('a PNG of another form');
  const pixels = unfiltered(inflateSync(Buffer.concat(parts)), width * size, height, size);
  return {
    ...{ width, height },
    at(x, y) {
      const from = (y * width + x) * size;
      return (pixels[from]! << 16) | (pixels[from + 1]! << 8) | pixels[from + 2]!;
    },
  };
}

/** Each line says how it differs from what stands left of it and above. */
function unfiltered(data: Uint8Array, stride: number, height: number, size: number): Uint8Array {
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x < size ? 0 : pixels[y * stride + x - size]!;
      const up = y === 0 ? 0 : pixels[(y - 1) * stride + x]!;
      const corner = x < size || y === 0 ? 0 : pixels[(y - 1) * stride + x - size]!;
      const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter ?? 0]!;
      pixels[y * stride + x] = data[y * (stride + 1) + 1 + x]! + guess;
    }
  }
  return pixels;
}

function nearest(left: number, up: number, corner: number): number {
  const sum = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(sum - value));
  if (toLeft! <= toUp! && toLeft! <= toCorner!) return left;
  return toUp! <= toCorner! ? up : corner;
}
