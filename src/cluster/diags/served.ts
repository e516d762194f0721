import type { ServedResource } from '../../datastore/cluster.ts';

/** What the API server serves, as users name kinds. */
export interface Served {
  readonly all: readonly ServedResource[];
  /** `plural` for those of the core, `plural.group` for all others; none where it is not served or cannot be listed. */
  named(name: string): readonly ServedResource[];
  /** Why there are none. */
  readonly otherwise: string;
}

/** `all` is undefined where it could not be read. */
export function servedOf(all: readonly ServedResource[] | undefined): Served {
  const listed = (all ?? []).filter(({ verbs }) => verbs.includes('list'));
  const byName = new Map(listed.map((one) => [nameOf(one), one]));
  return {
    all: listed,
    named: (name) => {
      const found = byName.get(name);
      return found === undefined ? [] : [found];
    },
    otherwise:
      all === undefined ? 'what the API server serves could not be read' : 'the API server does not serve it',
  };
}

export function nameOf({ plural, group }: ServedResource): string {
  return group === '' ? plural : `${plural}.${group}`;
}
