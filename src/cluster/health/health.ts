import { textIn } from '../../core/json.ts';
import type { CauseSeverity } from './catalogue.ts';
import { type Cause, type Unknown, worstFirst } from './cause.ts';
import type { Facts } from './facts.ts';
import { judge } from './judge/index.ts';
import { AGENTS } from './judge/nodes.ts';
import { readFacts, type Sources } from './read.ts';
import { seenValue } from './seen.ts';
import { unknownOf } from './unknown.ts';

/** How a cluster is, and why. */
export interface Health {
  /** The worst first. */
  readonly causes: readonly Cause[];
  readonly unknown: readonly Unknown[];
  readonly summary: Summary;
}

/** Numbers for the first line; absent where they are not known. */
export interface Summary {
  readonly calicoVersion?: string;
  readonly kubernetesVersion?: string;
  readonly nodes?: { readonly total: number; readonly ready: number };
  readonly agents?: { readonly total: number; readonly ready: number };
}

/** Looks at everything at once and judges it. Changes nothing. */
export async function clusterHealth(sources: Sources): Promise<Health> {
  return healthOf(await readFacts(sources));
}

/** The judgement of what was read. */
export function healthOf(facts: Facts): Health {
  return { causes: worstFirst(judge(facts)), unknown: unknownOf(facts), summary: summaryOf(facts) };
}

function summaryOf(facts: Facts): Summary {
  const calicoVersion = textIn(seenValue(facts.information)?.spec['calicoVersion']);
  const kubernetesVersion = seenValue(facts.serverVersion);
  const agents = seenValue(facts.pods)?.items.filter(({ component }) => AGENTS.has(component));
  return {
    ...(calicoVersion ? { calicoVersion } : {}),
    ...(kubernetesVersion ? { kubernetesVersion } : {}),
    ...readiness('nodes', seenValue(facts.nodes)),
    ...readiness('agents', agents),
  };
}

function readiness(name: 'nodes' | 'agents', of: readonly { readonly ready: boolean }[] | undefined) {
  if (of === undefined) return {};
  return { [name]: { total: of.length, ready: of.filter(({ ready }) => ready).length } };
}

/**
 * Exit status: 1 where a cause is at least as severe as `failOn`, and where something should have been seen and could not
 * be: then nobody knows.
 */
export function statusOf({ causes, unknown }: Health, failOn: 'warning' | 'error'): 0 | 1 {
  const isGrave = (severity: CauseSeverity) => failOn === 'warning' || severity !== 'warning';
  const isBlind = unknown.some(({ reason }) => reason !== 'not-configured');
  return isBlind || causes.some(({ severity }) => isGrave(severity)) ? 1 : 0;
}
