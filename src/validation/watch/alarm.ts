import { CalicoctlError } from '../../core/errors.ts';

/** Rings when something happens; what happened while nobody waited is not lost. */
export class Alarm {
  readonly #signal: AbortSignal;
  #rung = false;
  #wake: () => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Waits at most so many milliseconds; true where it rang. Throws CalicoctlError of class `cancelled`. */
  async within(milliseconds: number): Promise<boolean> {
    if (!this.#rung && !this.#signal.aborted) await this.#wait(milliseconds);
    if (this.#signal.aborted) throw new CalicoctlError('cancelled', 'stopped watching');
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  /** Waits until it has not rung for so long, or for `longest` in all. */
  async quiet(milliseconds: number, longest: number): Promise<void> {
    const end = performance.now() + longest;
    while ((await this.within(milliseconds)) && performance.now() < end);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', done);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
