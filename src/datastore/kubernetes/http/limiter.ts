/** How many requests may be under way at once; finds out by itself what the server bears. */

const START = 16;
const LARGEST = 64;

interface Waiting {
  readonly begin: (slot: Slot) => void;
}

/** Leave to have one request under way. */
export interface Slot {
  /** `overloaded`: the server said that it has too much to do. */
  release(overloaded: boolean): void;
}

/**
 * Additive increase, multiplicative decrease: one more each time that as many requests as are allowed went well while
 * others waited, half as many when the server complains.
 */
export class Limiter {
  #allowed = START;
  #running = 0;
  #wentWell = 0;
  /** Requests begun before the last decrease say nothing new when they are refused too. */
  #generation = 0;
  readonly #waiting: Waiting[] = [];

  get allowed(): number {
    return this.#allowed;
  }

  acquire(): Promise<Slot> {
    if (this.#running < this.#allowed) return Promise.resolve(this.#begin());
    return new Promise((begin) => this.#waiting.push({ begin }));
  }

  #begin(): Slot {
    this.#running++;
    const generation = this.#generation;
    return {
      release: (overloaded) => {
        this.#running--;
        if (overloaded) this.#decrease(generation);
        else this.#increase();
        while (this.#running < this.#allowed && this.#waiting.length > 0) {
          this.#waiting.shift()!.begin(this.#begin());
        }
      },
    };
  }

  #decrease(generation: number): void {
    if (generation !== this.#generation) return;
    this.#generation++;
    this.#wentWell = 0;
    this.#allowed = Math.max(1, Math.floor(this.#allowed / 2));
  }

  #increase(): void {
    if (this.#waiting.length === 0 || this.#allowed >= LARGEST) return;
    if (++this.#wentWell < this.#allowed) return;
    this.#wentWell = 0;
    this.#allowed++;
  }
}
