/** The first bytes of a stream. */
export class Kept {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Uint8Array): void {
    const room = this.#limit - this.#size;
    if (bytes.length > room) this.cut = true;
    if (room <= 0) return;
    this.#chunks.push(bytes.subarray(0, room));
    this.#size += Math.min(bytes.length, room);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
