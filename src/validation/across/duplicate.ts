import { formatPlace } from '../../core/errors.ts';
import { BETWEEN } from '../../resources/structure.ts';
import type { AcrossFault, AcrossRule, Subject } from '../rule.ts';

/** Lines of a file are counted below this. */
const LINES = 2 ** 31;

/** Objects that were seen, and where, in as little memory as may be: a number says file and line. */
class Seen {
  readonly #places = new Map<string, number>();
  readonly #files: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Where the object stood before; undefined where it is new. */
  look({ name, start }: Subject): string | undefined {
    const place = this.#places.get(name);
    if (place === undefined) this.#places.set(name, this.#encode(start?.file ?? '', start?.line ?? 0));
    return place === undefined ? undefined : this.#decode(place);
  }

  #encode(file: string, line: number): number {
    let number = this.#numbers.get(file);
    if (number === undefined) {
      number = this.#files.push(file) - 1;
      this.#numbers.set(file, number);
    }
    return number * LINES + line;
  }

  #decode(place: number): string {
    const file = this.#files[Math.floor(place / LINES)]!;
    const line = place % LINES;
    return file === '' ? '' : formatPlace({ file, ...(line > 0 && { line }) });
  }
}

const rule: AcrossRule = {
  ...BETWEEN.duplicate,
  severity: { offline: 'warning', live: 'warning' },
  start() {
    const seen = new Seen();
    const faults: AcrossFault[] = [];
    return {
      see(subject) {
        if (!subject.ref.name) return;
        const before = seen.look(subject);
        if (before === undefined) return;
        const message = `is given a second time${before === '' ? '' : `, first at ${before}`}: apply keeps the last, create refuses it`;
        const spot = subject.spot(['metadata', 'name']);
        faults.push({ spot, value: subject.ref.name, message });
      },
      faults: () => faults,
    };
  },
};

export default rule;
