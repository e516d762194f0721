import type { Kind } from '../../../src/resources/kind.ts';
import type { Cluster } from '../../testbed/testbed.ts';
import {
  type Difference,
  REFUSED_AS_GIVEN,
  REFUSED_AS_WRITTEN,
  REFUSED_BY_CALICOCTL,
} from './differences.ts';
import { asWritten, type Objection, ourVerdict, serverVerdict, type Verdict } from './verdicts.ts';

/** What came of one manifest. */
export interface Judgement {
  readonly accepted: boolean;
  /** Ids of the known differences that were met. */
  readonly met: readonly string[];
  /** Objections of one side that the other has not, and that no known difference explains. */
  readonly unexplained: readonly string[];
}

/** Has a manifest judged by both, as it is and, where calicoctl accepts it, as calicoctl would write it. */
export async function judge(cluster: Cluster, kind: Kind, manifest: unknown): Promise<Judgement> {
  const [ours, theirs] = await Promise.all([ourVerdict(manifest), serverVerdict(cluster, kind, manifest)]);
  const form = asWritten(kind, manifest);
  const written = form === undefined ? [] : await serverVerdict(cluster, kind, form);
  if (ours.length > 0) {
    const missed = written.filter((objection) => !isToldBy(objection, ours, kind)).map(shown);
    const unexplained = missed.map((line) => `calicoctl told of other faults, but not of ${line}`);
    if (theirs.length > 0) return { accepted: false, met: [], unexplained };
    const found = explain('calicoctl', ours, REFUSED_BY_CALICOCTL, kind);
    return { ...found, unexplained: [...found.unexplained, ...unexplained], accepted: false };
  }
  const first = explain('the API server, of what is written', written, REFUSED_AS_WRITTEN, kind);
  // What it does not say of the form that is written can only come of the form in which it is given.
  const given = [...REFUSED_AS_GIVEN, ...REFUSED_AS_WRITTEN];
  const second = explain('the API server', theirs, given, kind);
  return {
    accepted: theirs.length === 0,
    met: [...first.met, ...second.met],
    unexplained: [...first.unexplained, ...second.unexplained],
  };
}

/** Whether an objection of the API server is among ours: of the field, of one that it is in, or of one in it. */
function isToldBy(objection: Objection, ours: Verdict, kind: Kind): boolean {
  if (REFUSED_AS_WRITTEN.some(({ explains }) => explains(objection, kind))) return true;
  const theirs = steps(objection.path);
  return ours.some(({ path }) => {
    const own = steps(path);
    return own.startsWith(theirs) || theirs.startsWith(own);
  });
}

/** `spec.a[0]["b"]` and `spec.a[0].b` alike as `spec.a.0.b.`. */
function steps(path: string): string {
  return path === '' ? '' : `${path.replace(/\["?(.*?)"?\]/g, '.$1')}.`;
}

function explain(side: string, verdict: Verdict, differences: readonly Difference[], kind: Kind) {
  const met: string[] = [];
  const unexplained: string[] = [];
  for (const objection of verdict) {
    const found = differences.filter(({ explains }) => explains(objection, kind));
    if (found.length === 0) unexplained.push(`${side} alone: ${shown(objection)}`);
    met.push(...found.map(({ id }) => id));
  }
  return { met, unexplained };
}

function shown({ path, message, rule = '' }: Objection): string {
  return `${path}: ${message.slice(0, 300)} ${rule}`;
}
