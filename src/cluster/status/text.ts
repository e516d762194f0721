import { counted } from '../../core/words.ts';
import type { CauseSeverity } from '../health/catalogue.ts';
import type { Cause, Unknown } from '../health/cause.ts';
import type { Health, Summary } from '../health/health.ts';

const PLURALS: Readonly<Record<CauseSeverity, readonly [string, string]>> = {
  critical: ['critical', 'critical'],
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
};

/** A verdict, then a cause a line with what to do below it, the worst first. */
export function healthText({ causes, unknown, summary }: Health): string {
  const lines = [verdict(causes, unknown) + factsText(summary)];
  for (const each of causes) {
    lines.push(`${each.severity.toUpperCase().padEnd(8)}  ${oneLine(each.message)}`);
    lines.push(`          -> ${each.advice}${each.command === undefined ? '' : ` Try: ${each.command}`}`);
  }
  for (const { what, why, advice } of unknown) {
    const isTold = causes.some(({ message }) => message === why);
    lines.push(`UNKNOWN   ${what.join(', ')}${isTold ? '' : `: ${oneLine(why)}`}`);
    if (advice !== undefined && !isTold) lines.push(`          -> ${oneLine(advice)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What others wrote, e.g. the operator, may have lines. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

/** `Not healthy: 1 critical, 2 errors`. */
export function verdict(causes: readonly Cause[], unknown: readonly Unknown[]): string {
  if (causes.length === 0) {
    if (unknown.some(({ reason }) => reason !== 'not-configured'))
      return 'Not known to be healthy: nothing wrong was seen, but not everything could be looked at';
    return unknown.length > 0 ? 'Healthy as far as could be seen' : 'Healthy';
  }
  const counts = Object.entries(PLURALS).flatMap(([severity, [one, many]]) => {
    const count = causes.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [counted(count, one, many)];
  });
  const isBad = causes.some(({ severity }) => severity !== 'warning');
  return `${isBad ? 'Not healthy' : 'Healthy, with warnings'}: ${counts.join(', ')}`;
}

function factsText({ calicoVersion, kubernetesVersion, nodes, agents }: Summary): string {
  const parts = [
    nodes && `${nodes.ready} of ${counted(nodes.total, 'node')} ready`,
    agents && `calico-node on ${agents.ready}`,
    calicoVersion && `Calico ${calicoVersion}`,
    kubernetesVersion && `Kubernetes ${kubernetesVersion}`,
  ].filter((part) => part);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
