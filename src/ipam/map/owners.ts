/** Owners of blocks and addresses as numbers, in the order in which they are met. */
export interface Owners {
  /** `host:NODE` and `virtual:NAME`, by number. */
  readonly names: readonly string[];
  numberOf(name: string): number;
}

export function numberedOwners(): Owners {
  const names: string[] = [];
  const known = new Map<string, number>();
  return {
    names,
    numberOf(name) {
      let number = known.get(name);
      if (number === undefined) {
        number = names.push(name) - 1;
        known.set(name, number);
      }
      return number;
    },
  };
}
