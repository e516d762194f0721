import { type Cause, cause } from '../cause.ts';
import type { Facts, OperatorState } from '../facts.ts';
import { seenValue } from '../seen.ts';

/** A change takes the operator no longer. */
const PATIENCE_MS = 15 * 60 * 1000;

/** What the operator says of its own work. */
export function* judgeOperator(facts: Facts): Generator<Cause> {
  const told = new Set<string>();
  for (const state of inOrder(seenValue(facts.operator) ?? [])) {
    const found = stateCause(state, facts.now);
    if (found === undefined) continue;
    // The Installation repeats what the status of its parts says.
    const said = `${found.code} ${found.evidence['message']}`;
    if (state.kind !== 'TigeraStatus' && told.has(said)) continue;
    told.add(said);
    yield found;
  }
}

function inOrder(states: readonly OperatorState[]): readonly OperatorState[] {
  const rank = ({ kind }: OperatorState) => (kind === 'TigeraStatus' ? 0 : 1);
  return states.toSorted((a, b) => rank(a) - rank(b));
}

function stateCause(state: OperatorState, now: number): Cause | undefined {
  const { kind, name, conditions } = state;
  const condition = (type: string, status: string) =>
    conditions.find((each) => each.type === type && each.status === status);
  const describe = `kubectl describe ${kind.toLowerCase()}.operator.tigera.io ${name}`;
  const about = (found: OperatorState['conditions'][number]) => ({
    subjects: [{ kind, name }],
    evidence: { ...found },
    advice: 'The operator tries again by itself; what it names has to be put right.',
    command: describe,
  });
  const words = ({ reason, message }: OperatorState['conditions'][number]) =>
    [reason, message].filter((text) => text !== '').join(': ') || 'it does not say why';
  const degraded = condition('Degraded', 'True');
  if (degraded)
    return cause('operator-degraded', {
      ...about(degraded),
      message: `${kind} ${name} is degraded${sinceOf(degraded)}: ${words(degraded)}`,
    });
  const unavailable = condition('Available', 'False');
  const progressing = condition('Progressing', 'True');
  if (unavailable && !(progressing && isYoung(progressing, now)))
    return cause('operator-unavailable', {
      ...about(unavailable),
      message: `${kind} ${name} is not available${sinceOf(unavailable)}: ${words(unavailable)}`,
    });
  if (progressing && !isYoung(progressing, now))
    return cause('operator-progressing', {
      ...about(progressing),
      message: `${kind} ${name} is still being brought about${sinceOf(progressing)}: ${words(progressing)}`,
    });
  return undefined;
}

function sinceOf({ since }: { readonly since?: string }): string {
  return since === undefined ? '' : ` since ${since}`;
}

function isYoung({ since }: { readonly since?: string }, now: number): boolean {
  return since !== undefined && now - Date.parse(since) < PATIENCE_MS;
}
