import type { Version } from '../../datastore.ts';

/** So many are kept; a cluster has some thousands of nodes. */
const KEPT = 20_000;

/** What was shown of objects at their versions, the last ones. */
export function remembered() {
  const views = new Map<string, string>();
  const key = (name: string, version: Version) => `${name} ${version}`;
  return {
    keep(name: string, version: Version, view: string): void {
      views.delete(key(name, version));
      views.set(key(name, version), view);
      if (views.size > KEPT) views.delete(views.keys().next().value!);
    },
    of: (name: string, version: Version): string | undefined => views.get(key(name, version)),
  };
}
