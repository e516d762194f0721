import type { Result } from '../../core/result.ts';
import type { AddressLine, AddressReport, Match, Sighting, User, WhoisReport } from './report.ts';

/** A report for people: each address as a list of what is known of it, many as a table. */
export function whoisText({ matches, ownedBlocks, addresses }: WhoisReport): Result {
  const head = [...matches.map(matchText), ...ownedText(ownedBlocks)].map((line) => `${line}\n`).join('');
  const full = addresses.filter((each): each is AddressReport => 'state' in each);
  if (full.length === addresses.length && full.length > 0)
    return { type: 'text', text: [head, ...full.map(addressText)].filter((text) => text !== '').join('\n') };
  if (addresses.length === 0) return { type: 'text', text: `${head}It has no addresses.\n` };
  const rows = addresses.flatMap(lineRows);
  const table = { type: 'table', headings: HEADINGS, rows } as const;
  return { type: 'sequence', results: [{ type: 'text', text: head }, table] };
}

function matchText({ kind, name }: Match): string {
  return `${kind[0]!.toUpperCase()}${kind.slice(1)} ${name}`;
}

function ownedText(blocks: readonly string[]): readonly string[] {
  return blocks.length === 0 ? [] : [`Blocks: ${blocks.join(', ')}`];
}

const HEADINGS = ['ADDRESS', 'STATE', 'FOR', 'HANDLE', 'BLOCK', 'BORROWED', 'SINCE'];

function lineRows({ address, blocks }: AddressLine): readonly (readonly string[])[] {
  return blocks.map((sighting) => [
    ...[address, sighting.state, purpose(sighting), sighting.handle ?? '', sighting.block],
    ...[sighting.borrowed === true ? 'yes' : 'no', sighting.since ?? sighting.notBefore ?? ''],
  ]);
}

/** Pod, service, machine or type that an address is for. */
function purpose({ attributes = {} }: Sighting): string {
  const { namespace = '', pod, service, type = '' } = attributes;
  const name = attributes['vmi-name'] || pod || service;
  return name ? `${namespace}/${name}` : type;
}

type Row = readonly [label: string, value: string | undefined];

function addressText(report: AddressReport): string {
  const rows: readonly Row[] = [
    ['State', report.state],
    ...report.blocks.flatMap(sightingRows),
    ...(report.blocks.length === 0 ? ([['Block', 'none']] as const) : []),
    ['Pool', report.pools.map(poolText).join(', ') || 'none'],
    ...report.users.map((user): Row => ['Used by', userText(user)]),
    ...report.reservations.map(({ name, cidr }): Row => ['Reserved by', `${name} (${cidr})`]),
    ...report.why.map((sentence, index): Row => [index === 0 ? 'Why' : '', sentence]),
  ];
  return `${report.address}\n${rows.map(rowText).join('')}`;
}

function rowText([label, value]: Row): string {
  if (value === undefined) return '';
  return `  ${(label === '' ? '' : `${label}:`).padEnd(13)}${value}\n`;
}

/** Attributes that have a line of their own. */
const SHOWN = new Set(['pod', 'namespace', 'node', 'service', 'vmi-name', 'timestamp', 'type']);

function sightingRows(sighting: Sighting): readonly Row[] {
  const { attributes = {}, alternateAttributes, node, handle, sequenceNumber, since, notBefore } = sighting;
  const { namespace = '', pod, service, type } = attributes;
  const machine = attributes['vmi-name'];
  const named = (name: string | undefined) => (name ? `${namespace}/${name}` : undefined);
  const isTaken = sighting.state === 'allocated';
  return [
    ['Machine', named(machine)],
    ['Pod', named(pod)],
    ['Service', named(service)],
    ['Type', type],
    ['Node', node],
    ['Handle', isTaken ? (handle ?? 'none') : handle],
    ['Since', since ?? (notBefore && `not before ${notBefore}, when its block was made`)],
    ['Released', sighting.releasedAt],
    ['Sequence', sequenceNumber === undefined ? undefined : String(sequenceNumber)],
    ['Attributes', otherAttributes(attributes)],
    ['Also', alternateAttributes && otherAttributes(alternateAttributes, new Set())],
    ['Block', blockText(sighting)],
    ['Borrowed', sighting.borrowed === undefined ? undefined : sighting.borrowed ? 'yes' : 'no'],
  ];
}

function otherAttributes(
  attributes: Readonly<Record<string, string>>,
  shown: ReadonlySet<string> = SHOWN,
): string | undefined {
  const others = Object.keys(attributes)
    .filter((key) => !shown.has(key))
    .sort();
  return others.length === 0 ? undefined : others.map((key) => `${key}=${attributes[key]}`).join(', ');
}

function blockText({ block, affinity, claimedAt }: Sighting): string {
  const owner = affinity === null ? 'without owner' : `of ${affinity}`;
  return `${block} ${owner}${claimedAt === undefined ? '' : `, claimed ${claimedAt}`}`;
}

function poolText({ name, cidr, disabled }: AddressReport['pools'][number]): string {
  return `${name} (${cidr}${disabled ? ', disabled' : ''})`;
}

function userText({ kind, name, field, pod, node, ...user }: User): string {
  const details = [
    ...(pod === undefined ? [] : [`pod ${pod}`]),
    ...(node === undefined || kind === 'Node' ? [] : [`node ${node}`]),
    ...(user.interface === undefined ? [] : [`interface ${user.interface}`]),
    ...(kind === 'WorkloadEndpoint' ? [] : [field]),
  ];
  return `${kind} ${name}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
