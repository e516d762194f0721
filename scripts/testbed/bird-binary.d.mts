/** A BIRD: where its daemons are, and the environment that they run with. */
export interface BirdBinaries {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Real BIRD 1.6 (`bird`, `bird6`) and 2 (`bird`), unpacked where there is none. Throws where the machine cannot have them. */
export function birdBinaries(): { readonly 1: BirdBinaries; readonly 2: BirdBinaries };
