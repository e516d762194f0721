import type { Problem } from '../core/errors.ts';
import { formatRef } from '../resources/kind.ts';
import type { Manifest } from '../resources/manifest.ts';
import type { Subject } from './rule.ts';

/** What rules are given of a manifest: which object it is, and where its fields stand. */
export function subjectOf(
  { kind, resource, place, line, start }: Manifest,
  ref: Subject['ref'],
  ordinal: number,
): Subject {
  const name = formatRef(ref);
  return {
    ...{ kind, ref, resource, name, ordinal, start },
    spot(path, at) {
      const found = place?.(path, at);
      const source = found?.line === undefined ? undefined : line?.(found.line);
      return { ordinal, resource: name, path, at, place: found, source };
    },
  };
}

/** Gives problems of a resource their places. */
export function placing(place: Manifest['place']): (problem: Problem) => Problem {
  return (problem) =>
    place === undefined ? problem : { place: place(problem.path, problem.at), ...problem };
}
