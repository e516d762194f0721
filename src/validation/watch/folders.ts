import { type FSWatcher, watch } from 'node:fs';

/** Asks the system to tell of changes in folders, each by itself: not every system can watch what lies below. */
export class FolderWatch {
  readonly #watchers = new Map<string, { readonly identity: string; readonly watcher: FSWatcher }>();
  readonly #changed: () => void;
  /** Folders of which the system does not tell. */
  readonly #refused = new Set<string>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** False where changes of some folder are not told: somebody has to look. */
  get isComplete(): boolean {
    return this.#refused.size === 0;
  }

  /** Watches these folders and no others, given with what tells a folder from another that takes its name. */
  follow(folders: ReadonlyMap<string, string>): void {
    for (const [folder, { identity }] of this.#watchers)
      if (folders.get(folder) !== identity) this.#drop(folder);
    this.#refused.clear();
    for (const [folder, identity] of folders) if (!this.#watchers.has(folder)) this.#add(folder, identity);
  }

  close(): void {
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder);
  }

  #add(folder: string, identity: string): void {
    try {
      const watcher = watch(folder, () => this.#changed());
      watcher.on('error', () => this.#fail(folder));
      this.#watchers.set(folder, { identity, watcher });
    } catch {
      this.#refused.add(folder);
    }
  }

  #fail(folder: string): void {
    this.#drop(folder);
    this.#refused.add(folder);
    this.#changed();
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.watcher.close();
    this.#watchers.delete(folder);
  }
}
