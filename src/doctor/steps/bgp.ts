import { healthOf } from '../../cluster/health/health.ts';
import { freshStatuses } from '../../cluster/health/judge/bgp.ts';
import { counted } from '../../core/words.ts';
import type { BirdInstance } from '../../node/status/survey.ts';
import { type Finding, ok, skipped, type Todo } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';
import { notKnown, toldOf } from './health.ts';

/** BIRD may be busy; the doctor does not wait for long. */
const LIMIT_MS = 10_000;

/** Sessions of this machine where BIRD runs on it, else what nodes report without being asked anew. */
export async function bgp(around: Surroundings): Promise<Finding> {
  const { survey } = await import('../../node/status/survey.ts');
  const { birds } = await survey(await around.host(), [], { totalMs: LIMIT_MS, signal: around.signal });
  if (birds.length > 0) return localSessions(birds);
  const facts = await around.facts();
  if (!facts.statuses.known) return notKnown([facts.statuses]);
  const causes = healthOf(facts).causes.filter(({ area }) => area === 'bgp');
  if (causes.length > 0) return toldOf(causes);
  const reports = freshStatuses(facts).length;
  if (reports > 0) return ok(`all sessions are established of ${counted(reports, 'node')} that report them`);
  return skipped(
    'this machine runs no BIRD, and no node is asked to report its sessions: `calicoctl node status --all` asks them',
  );
}

function localSessions(birds: readonly BirdInstance[]): Finding {
  const silent = birds.filter(({ error }) => error !== undefined);
  const sessions = birds.flatMap((bird) => bird.sessions);
  const down = sessions.filter(({ established }) => !established);
  const todo = [
    ...silent.map(
      ({ socket, error, advice }): Todo => ({
        urgency: 'error',
        problem: `BIRD at ${socket} tells nothing: ${error}`,
        what: advice ?? 'See whether calico-node runs on this machine.',
        command: 'calicoctl node status',
      }),
    ),
    ...(down.length === 0
      ? []
      : [
          {
            urgency: down.length === sessions.length ? 'error' : 'warning',
            problem: `${counted(down.length, 'BGP session')} of ${sessions.length} on this machine not established: ${down
              .slice(0, 5)
              .map(({ peerAddress, info }) => `${peerAddress} (${info || 'down'})`)
              .join(', ')}`,
            what: 'Look at the last error of each, and at its peer.',
            command: 'calicoctl node status -o wide',
          } satisfies Todo,
        ]),
  ];
  if (todo.length === 0) return ok(`${counted(sessions.length, 'session')} of this machine established`);
  const isBad = todo.some(({ urgency }) => urgency === 'error');
  const problems = todo.map(({ problem }) => problem);
  return { outcome: isBad ? 'error' : 'warning', message: problems[0]!, details: problems.slice(1), todo };
}
