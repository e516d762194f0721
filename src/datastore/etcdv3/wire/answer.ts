import { frameReader } from './frames.ts';

/** Makes a value of what etcd sends in answer to one call. */
export interface Answer<T> {
  /** Takes the bytes as they come; throws MalformedMessage. */
  readonly onBytes: (chunk: Uint8Array) => void;
  /** What they are in the end; undefined where nothing came. */
  value(): T | undefined;
}

/** The message as it is. */
export function wholeMessage(): Answer<Uint8Array> {
  let answer: Uint8Array | undefined;
  return {
    onBytes: frameReader((message) => {
      answer ??= message;
    }),
    value: () => answer,
  };
}
