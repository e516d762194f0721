import { CalicoctlError } from '../../core/errors.ts';
import { formatRef, type Kind, type Resource, refOf } from '../../resources/kind.ts';
import { fingerprint } from '../fingerprint.ts';
import type { StoreName } from '../kinds.ts';

/** What a file says there is to be, by kind and object: enough to know it again, in some bytes an object. */
export class Wanted {
  readonly #kinds = new Map<string, { readonly kind: Kind; readonly prints: Map<string, number> }>();

  constructor(readonly store: StoreName) {}

  /** False for an object that the file has twice; throws `input` where it has it in two forms. */
  add(kind: Kind, resource: Resource, where: string): boolean {
    const name = formatRef(refOf(kind, resource));
    const prints = this.printsOf(kind);
    const print = fingerprint(kind, resource, this.store);
    const known = prints.get(name);
    prints.set(name, print);
    if (known === undefined) return true;
    if (known === print) return false;
    throw new CalicoctlError('input', `${where}: ${name} stands in the file twice, and not the same`, {
      resource: name,
      hint: 'Keep the one that is meant. An export has every object once.',
    });
  }

  printsOf(kind: Kind): Map<string, number> {
    let entry = this.#kinds.get(kind.kind);
    if (entry === undefined) {
      entry = { kind, prints: new Map() };
      this.#kinds.set(kind.kind, entry);
    }
    return entry.prints;
  }

  /** An object that is not to be looked for. */
  forget(kind: Kind, resource: Resource): void {
    this.printsOf(kind).delete(formatRef(refOf(kind, resource)));
  }

  get kinds(): readonly { readonly kind: Kind; readonly prints: ReadonlyMap<string, number> }[] {
    return [...this.#kinds.values()];
  }
}
