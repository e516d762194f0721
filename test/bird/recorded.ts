import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BirdReply, ReplyReader } from '../../src/bird/frames.ts';

/** Bytes that a BIRD said; see `recorded/README.md`. */
export function recorded(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'recorded', `${name}.txt`));
}

export const RECORDINGS = [
  'bird-1.6.8',
  'bird-1.6.8-all',
  'bird6-1.6.8-all',
  'bird-2.0.12',
  'bird-2.0.12-all',
  'bird-2.15-all',
  'bird-3.3-all',
  'status-1.6.8',
];

/** The replies in bytes that come in pieces of these lengths, and the rest in one. */
export function repliesIn(bytes: Uint8Array, lengths: readonly number[] = []): readonly BirdReply[] {
  const reader = new ReplyReader();
  const replies: BirdReply[] = [];
  let from = 0;
  for (const length of lengths) {
    replies.push(...reader.add(bytes.subarray(from, from + length)));
    from += length;
  }
  return [...replies, ...reader.add(bytes.subarray(from))];
}
