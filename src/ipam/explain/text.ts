import { counted } from '../../core/words.ts';
import { usesOf } from '../../operations/ipam/pools.ts';
import type { IpamSettings, Survey } from '../survey/survey.ts';
import { conclusionOf } from './conclusion.ts';
import type { Explanation, PoolExplanation } from './explain.ts';
import { labelOf, type PoolChoice } from './pools.ts';
import { type Ground, takenIn } from './room.ts';
import { freeIn, type OwnBlock, type Walk } from './walk.ts';

/** An explanation as lines for people. */
export function explanationText({ ground, node, pool }: Explanation): string {
  const parts = [
    settingsText(ground.survey),
    ...(node === undefined ? [] : node.walks.map((walk) => walkText(walk))),
    ...(pool === undefined ? [] : [poolText(ground, pool)]),
  ];
  return parts.join('\n');
}

function settingsText({ settings, cluster }: Survey): string {
  const lock = cluster.locked
    ? 'The datastore is locked: nobody is given an address until `calicoctl datastore migrate unlock`.\n'
    : '';
  return `Settings: ${settingWords(settings).join(', ')}.\n${lock}`;
}

function settingWords(settings: IpamSettings): readonly string[] {
  const { strictAffinity, autoAllocateBlocks, maxBlocksPerHost, cooldownSeconds } = settings;
  return [
    `strict affinity ${strictAffinity ? 'on' : 'off'}`,
    `blocks are ${autoAllocateBlocks ? '' : 'not '}claimed as needed`,
    maxBlocksPerHost === 0
      ? 'no limit of blocks but the usual 20'
      : `at most ${counted(maxBlocksPerHost, 'block')} a node and family`,
    `released addresses rest for ${counted(cooldownSeconds, 'second')}`,
  ];
}

const USES = { Workload: 'for a pod', Tunnel: 'for a tunnel', LoadBalancer: 'for a service' } as const;

function walkText(walk: Walk): string {
  const { family, use, owner } = walk;
  const { text, advice } = conclusionOf(walk);
  return [
    `${owner.name}: IPv${family} address ${USES[use]}\n`,
    section('1. Pools', walk.pools.map(choiceLine)),
    section(
      `2. Blocks of ${owner.name}: ${walk.own.length} of at most ${walk.limit.blocks}`,
      blockLines(walk),
    ),
    section(`3. New blocks: ${claimWords(walk)}`, walk.rooms.map(roomLine)),
    section(`4. Borrowing: ${borrowWords(walk)}`, []),
    `  ${text}\n`,
    ...advice.map((line) => `  - ${line}\n`),
  ].join('');
}

function section(title: string, lines: readonly string[]): string {
  return [`  ${title}`, ...lines.map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
}

function choiceLine({ pool, chosen, reasons, condition }: PoolChoice): string {
  const told = chosen
    ? ['used', ...(condition === undefined ? [] : [condition])]
    : ['not used', reasons.join('; ')];
  return `${labelOf(pool)}: ${told.join(', ')}`;
}

function blockLines({ own, elsewhere, forgotten }: Walk): readonly string[] {
  return [
    ...own.map(blockLine),
    ...elsewhere.map((block) => `${blockLine(block)} (pool not used)`),
    ...forgotten.map((name) => `${name}: without affinity, taken up again where blocks may be claimed`),
  ];
}

function blockLine(block: OwnBlock): string {
  const { name, room, state, stale } = block;
  const affinity = state === '' || state === 'confirmed' ? '' : `, affinity ${state}`;
  if (stale !== undefined) return `${name}: not used, for ${stale}${affinity}`;
  if (room === undefined) return `${name}: yet to be made, ${freeIn(block)} free${affinity}`;
  const { free, reserved, resting, taken } = room;
  return `${name}: ${free} free, ${reserved} reserved, ${resting} resting, ${taken} taken${affinity}`;
}

function claimWords({ mayClaim, own, limit }: Walk): string {
  if (mayClaim) return 'allowed';
  return own.length >= limit.blocks ? 'forbidden, the limit is reached' : 'forbidden by the settings';
}

function roomLine({ pool, room, reclaimable }: Walk['rooms'][number]): string {
  const { blocks, existing, reserved, unclaimed } = room;
  return `${labelOf(pool)}: ${unclaimed} of ${blocks} blocks left (${existing} exist, ${reserved} reserved), ${reclaimable} empty ones of others`;
}

function borrowWords({ mayBorrow, borrowable }: Walk): string {
  const free = `${counted(borrowable, 'free address')} in blocks of others`;
  return mayBorrow ? `allowed, ${free}` : `forbidden by strict affinity, with ${free}`;
}

/** More than anybody reads. */
const MOST_OWNERS = 20;

function poolText(ground: Ground, explained: PoolExplanation): string {
  const { pool, walks, others } = explained;
  const { size, taken, resting, reserved, freeInBlocks } = takenIn(ground, pool);
  const stuck = walks.filter(({ outcome }) => outcome.from === 'nowhere');
  const more = stuck.length - MOST_OWNERS;
  return [
    `Pool ${labelOf(pool)}, blocks of /${pool.blockSize}, for ${usesOf(pool).join(' and ')}\n`,
    section(
      `Addresses: ${size}; ${taken} taken, ${resting} resting, ${reserved} reserved, ${freeInBlocks} free in blocks`,
      [],
    ),
    section('Blocks', [
      roomLine({ pool, room: ground.roomIn(pool), reclaimable: ground.reclaimable(pool, '-') }),
    ]),
    section(`May use it: ${walks.length}; may not: ${others.length}`, whyNot(explained)),
    section(`Addresses come ${sources(walks)}`, []),
    ...stuck.slice(0, MOST_OWNERS).map((walk) => `  ${conclusionOf(walk).text}\n`),
    ...(more > 0 ? [`  So it is for ${more} more.\n`] : []),
    ...new Set(stuck.flatMap((walk) => conclusionOf(walk).advice.map((line) => `  - ${line}\n`))),
  ].join('');
}

/** What keeps everybody out, or else who is kept out. */
function whyNot({ pool, others }: PoolExplanation): readonly string[] {
  if (others.length === 0) return [];
  if (pool.disabled) return ['it is disabled'];
  const shown = others.slice(0, MOST_OWNERS).join(', ');
  const rest = others.length > MOST_OWNERS ? ` and ${others.length - MOST_OWNERS} more` : '';
  return [`nodeSelector ${pool.nodeSelector} leaves out ${shown}${rest}`];
}

const SOURCES = {
  'own-block': 'from own blocks',
  'new-block': 'from new blocks',
  'reclaimed-block': 'from empty blocks of others',
  borrowed: 'borrowed from blocks of others',
  nowhere: 'from nowhere',
} as const;

function sources(walks: readonly Walk[]): string {
  const told = Object.entries(SOURCES).flatMap(([from, words]) => {
    const count = walks.filter(({ outcome }) => outcome.from === from).length;
    return count === 0 ? [] : [`${words} for ${count}`];
  });
  return told.length === 0 ? 'to nobody' : told.join(', ');
}
