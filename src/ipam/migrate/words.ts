import { stringifyJson } from '../../core/json.ts';
import { commandLine } from './command-line.ts';
import { restartCommands } from './controller.ts';
import { poolResource } from './course.ts';
import { estimatesOf } from './data.ts';
import type { Obstacle } from './obstacles.ts';
import type { Holder, Occupants } from './occupants.ts';
import { describePool, type Step } from './steps.ts';
import type { View } from './view.ts';

/** A migration in words, for people. */

/** Of more names in a row the number is told. */
const MOST_NAMES = 8;

export function viewText(view: View): string {
  const sections = [
    headText(view),
    stepsText(view),
    obstaclesText(view.obstacles),
    view.occupants === undefined || view.course.hops.every(({ over }) => over) ? '' : peopleText(view),
    nextText(view),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function headText({ course }: View): string {
  const { hops, pool, begun, abandoned, since } = course;
  const state = abandoned
    ? `being given up, begun ${since}`
    : begun
      ? `under way since ${since}`
      : 'not begun';
  const lines = [`Migration of pool ${pool}, ${state}`];
  const [first] = hops;
  if (first!.from.stored !== undefined)
    lines.push(`  from ${first!.from.name} (${describePool(first!.from)})`);
  if (hops.length > 1 && first!.to.name !== '')
    lines.push(`  through ${first!.to.name} (${describePool(first!.to)}), a temporary pool`);
  const last = hops.at(-1)!.to;
  lines.push(`  to ${last.name} (${describePool(last)})`);
  return `${lines.join('\n')}\n`;
}

function stepsText(view: View): string {
  const lines = view.steps.flatMap((step) => [
    `  ${String(step.number).padStart(2)}  ${step.state.padEnd(5)} ${step.title}`,
    ...byHand(step).map((line) => `             ${line}`),
  ]);
  return `Steps\n${lines.join('\n')}\n`;
}

/** The same by other commands, for those who want to know what exactly happens. */
function byHand({ what, pool, state, hop }: Step): readonly string[] {
  if (state === 'done' || hop === undefined) return [];
  if (what === 'make' && hop.to.stored === undefined)
    return ["calicoctl create -f - <<'EOF'", stringifyJson(poolResource(hop.to.manifest)), 'EOF'];
  if (what === 'disable') return [`calicoctl patch ippool ${pool} -p '{"spec":{"disabled":true}}'`];
  if (what === 'delete') return [`calicoctl delete ippool ${pool}`];
  return [];
}

function obstaclesText(obstacles: readonly Obstacle[]): string {
  if (obstacles.length === 0) return '';
  const lines = obstacles.flatMap(({ severity, message, hint }) => [
    `  ${severity}: ${message}`,
    ...(hint === undefined ? [] : [`    ${hint}`]),
  ]);
  return `What speaks against it\n${lines.join('\n')}\n`;
}

function peopleText(view: View): string {
  const { course, occupants } = view;
  const { from } = course.hops.find(({ over }) => !over)!;
  const { addresses, moves, blocksToGiveUp, blocksNeeded, pods, tunnels, services } = estimatesOf(view);
  const often = moves > 1 ? ' twice, since the range is used again' : '';
  const counts = [`${pods} pod address(es)`, `${tunnels} of tunnels`, `${services} of services`];
  const blocks = `${blocksToGiveUp} block(s) to give up, ${blocksNeeded} or more to be had in the new pool`;
  const lines = [
    `Who has addresses of pool ${from.name}: ${addresses} in use (${counts.join(', ')}); they move${often}. ${blocks}.`,
    ...occupantsLines(occupants!).map((line) => `  ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Nodes with their namespaces and pods, then all others, then the commands that move them. */
export function occupantsLines({ holders, resting, blocks }: Occupants): readonly string[] {
  const byNode = grouped(
    holders.filter(({ what }) => what === 'pod' || what === 'workload'),
    ({ node }) => node,
  );
  const lines = byNode.flatMap(([node, ofNode]) => [
    `node ${node || 'unknown'}`,
    ...grouped(ofNode, ({ namespace }) => namespace).map(
      ([namespace, pods]) => `  namespace ${namespace}: ${names(pods.map(({ name }) => name))}`,
    ),
  ]);
  const commands = restartCommands(holders);
  return [
    ...lines,
    ...othersLines(holders),
    ...(resting > 0
      ? [`${resting} released address(es) still rest; their blocks can go when that is over`]
      : []),
    ...(holders.length === 0 && resting === 0 && blocks.length > 0
      ? [`nobody; ${blocks.length} empty block(s)`]
      : []),
    ...(commands.length > 0
      ? ['Restart them when it suits you:', ...commands.map((command) => `  ${command}`)]
      : []),
  ];
}

function othersLines(holders: readonly Holder[]): readonly string[] {
  const of = (what: Holder['what']) => holders.filter((holder) => holder.what === what);
  const [tunnels, services, unknown] = [of('tunnel'), of('service'), of('unknown')];
  const lost = holders.filter(({ what, confirmed }) => what === 'pod' && !confirmed);
  return [
    ...(tunnels.length > 0
      ? [
          `tunnels: ${names(tunnels.map(({ node, address }) => `${node} ${address}`))}`,
          '  calico-node gives them addresses of an enabled pool when it starts: restart it on nodes that do not follow.',
        ]
      : []),
    ...(services.length > 0
      ? [
          `services: ${names(services.map(({ namespace, name }) => `${namespace}/${name}`))}`,
          '  They get another address when they are made anew, or when their type is changed and changed back.',
        ]
      : []),
    ...(unknown.length > 0
      ? [`unknown: ${names(unknown.map(({ address, name }) => `${address} ${name}`))}`]
      : []),
    ...(lost.length > 0
      ? [
          `allocated, but no endpoint has them: ${names(lost.map(({ address }) => address))}; see \`calicoctl ipam check\``,
        ]
      : []),
  ];
}

function grouped<T>(
  items: readonly T[],
  key: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item)) ?? [];
    group.push(item);
    groups.set(key(item), group);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function names(all: readonly string[]): string {
  const unique = [...new Set(all)].sort();
  const shown = unique.slice(0, MOST_NAMES).join(', ');
  return unique.length > MOST_NAMES ? `${shown} and ${unique.length - MOST_NAMES} more` : shown;
}

/** What comes next, and the command for it. */
export function nextText(view: View): string {
  const { course, next, suggestedVia, obstacles } = view;
  const { pool, abandoned } = course;
  if (abandoned) return `Next: calicoctl ippool migrate ${pool} --abort\n`;
  const fatal = obstacles.some(({ severity }) => severity === 'error');
  if (fatal && (next.what === 'make' || next.what === 'disable'))
    return `Next: nothing, as long as the errors above hold.\n`;
  const line = commandLine(view);
  const proposed = `\n  The range of the temporary pool is a proposal: it is free as far as Calico knows; make sure that your network does not use it.`;
  return `Next: step ${next.number}, by\n  ${line}${suggestedVia ? proposed : ''}\n`;
}
