/** The bytes of an answer until they are text. */

const FIRST_ROOM = 64 * 1024;
/** Larger ones are left to the collector. */
const LARGEST_SPARE = 8 << 20;

/** Room that an answer has given back: lists are read in many large answers, one after the other. */
let spare: Buffer | undefined;

/** What has come of one answer; a class, for it is all state. */
export class Body {
  #room: Buffer | undefined;
  #length = 0;

  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    this.#room ??= this.#taken();
    if (length > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      this.#room.copy(larger, 0, 0, this.#length);
      this.#room = larger;
    }
    this.#room.set(chunk, this.#length);
    this.#length = length;
  }

  /** The whole as UTF-8; once. */
  text(): string {
    const room = this.#room;
    if (room === undefined) return '';
    const text = room.toString('utf8', 0, this.#length);
    if (room.length <= LARGEST_SPARE) spare = room;
    this.#room = undefined;
    return text;
  }

  #taken(): Buffer {
    const room = spare ?? Buffer.allocUnsafeSlow(FIRST_ROOM);
    spare = undefined;
    return room;
  }
}
