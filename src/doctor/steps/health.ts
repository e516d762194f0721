import { CAUSES, type CauseCode } from '../../cluster/health/catalogue.ts';
import type { Cause } from '../../cluster/health/cause.ts';
import type { Facts } from '../../cluster/health/facts.ts';
import { healthOf } from '../../cluster/health/health.ts';
import { type Seen, seenValue, type Unseen } from '../../cluster/health/seen.ts';
import { textIn } from '../../core/json.ts';
import { counted } from '../../core/words.ts';
import { type Finding, ok, skipped, type Todo } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';

/** Steps that tell what `cluster status` finds, each its part. */

type Part = { [Key in keyof Facts]: Facts[Key] extends Seen<unknown> ? Key : never }[keyof Facts];

interface Look {
  readonly isMine: (code: CauseCode) => boolean;
  /** What has to be known for it. */
  readonly parts: readonly Part[];
  readonly well: (facts: Facts) => string;
}

export async function lookedAt(around: Surroundings, { isMine, parts, well }: Look): Promise<Finding> {
  const facts = await around.facts();
  const causes = healthOf(facts).causes.filter(({ code }) => isMine(code));
  const unseen = parts.flatMap((part) => {
    const seen = facts[part];
    return seen.known ? [] : [seen];
  });
  const whys = [...new Set(unseen.map(({ why }) => why))];
  if (causes.length > 0) return toldOf(causes, whys);
  return unseen.length === 0 ? ok(well(facts)) : notKnown(unseen);
}

/** What could not be looked at. */
export function notKnown(unseen: readonly Unseen[]): Finding {
  const whys = [...new Set(unseen.map(({ why }) => why))].join('; ');
  if (unseen.every(({ reason }) => reason === 'not-configured')) return skipped(whys);
  return {
    outcome: 'warning',
    message: `not known: ${whys}`,
    ...(unseen.every(({ reason }) => reason === 'forbidden') ? { forbidden: true } : {}),
    todo: unseen.slice(0, 1).map(({ why, advice }) => ({
      urgency: 'warning',
      problem: why,
      what: advice ?? 'Ask for the right to see it, or for somebody who has it.',
    })),
  };
}

export function toldOf(causes: readonly Cause[], details: readonly string[] = []): Finding {
  const messages = causes.map(({ message }) => message);
  return {
    outcome: causes.some(({ severity }) => severity !== 'warning') ? 'error' : 'warning',
    message: messages[0]!,
    details: [...messages.slice(1), ...details.map((why) => `not known: ${why}`)],
    todo: causes.map(todoOf),
  };
}

export function todoOf({ severity, message, advice, command }: Cause): Todo {
  return { urgency: severity, problem: message, what: advice, ...(command === undefined ? {} : { command }) };
}

const ofArea =
  (...areas: readonly string[]) =>
  (code: CauseCode) =>
    areas.includes(CAUSES[code].area);

const NAMES: ReadonlySet<CauseCode> = new Set([
  ...(['node-unknown-to-calico', 'node-named-otherwise', 'node-unknown-to-kubernetes'] as const),
  ...(['node-without-address', 'address-duplicate'] as const),
]);

export function datastore(around: Surroundings): Promise<Finding> {
  return lookedAt(around, {
    isMine: ofArea('datastore'),
    parts: ['information'],
    well: ({ information }) =>
      seenValue(information) === undefined ? 'a folder that nothing locks' : 'initialised, and not locked',
  });
}

export function versions(around: Surroundings): Promise<Finding> {
  return lookedAt(around, {
    isMine: ofArea('versions'),
    parts: ['information'],
    well({ information, clientVersion }) {
      const recorded = textIn(seenValue(information)?.spec['calicoVersion']);
      return `client ${clientVersion}, cluster ${recorded || 'of unknown version'}`;
    },
  });
}

export async function definitions(around: Surroundings): Promise<Finding | undefined> {
  if ((await around.settings()).type !== 'kubernetes') return undefined;
  return lookedAt(around, {
    isMine: ofArea('definitions'),
    parts: ['definitions'],
    well({ definitions: seen }) {
      const found = seenValue(seen);
      const isNative = found?.group === 'projectcalico.org';
      return `all there, in ${found?.group} (${isNative ? 'native v3' : 'v1'})`;
    },
  });
}

export function nodes(around: Surroundings): Promise<Finding> {
  return lookedAt(around, {
    isMine: (code) => NAMES.has(code),
    parts: ['calicoNodes', 'nodes'],
    well: ({ calicoNodes, datastore: type }) => {
      const all = seenValue(calicoNodes) ?? [];
      // Where Calico only enforces policies, it knows no addresses.
      const have = all.some(({ addresses }) => addresses.length > 0)
        ? ', each with an address of its own'
        : '';
      return `${counted(all.length, 'node')}${type === 'etcdv3' ? ', the same in Calico and Kubernetes' : have}`;
    },
  });
}

/** All that no other step tells. */
export function health(around: Surroundings): Promise<Finding> {
  const others = ofArea('datastore', 'versions', 'definitions', 'bgp', 'addresses');
  return lookedAt(around, {
    isMine: (code) => !others(code) && !NAMES.has(code),
    parts: ['nodes', 'pods', 'workloads', 'operator'],
    well: (facts) =>
      `${seenValue(facts.nodes)?.length ?? 0} nodes and ${seenValue(facts.pods)?.items.length ?? 0} pods of Calico are well`,
  });
}
