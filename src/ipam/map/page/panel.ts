import { visible, withCommas } from '../../../core/page/text.ts';
import { formatAddress } from '../../../resources/net/address.ts';
import { containsAddress, parseCidr } from '../../../resources/net/cidr.ts';
import { STATES, type StateLetter } from '../data.ts';
import type { Tile } from './layout.ts';
import { addressOf, addressText, type Holding, type MapModel, ownerAt, type Place } from './model.ts';

/** What is told of an address, as text only: nothing of the cluster ever becomes markup. */

export type Fact = readonly [term: string, value: string];

export function ownerText(model: MapModel, owner: number): string {
  return visible((model.owners[owner] ?? '').replace(/^host:/, ''));
}

/** Everything that is known of an address, in the order of interest. */
export function factsOf(model: MapModel, place: Place, holding: Holding | undefined): readonly Fact[] {
  const { block, ordinal } = place;
  const address = addressOf(place);
  const letter = block.states[ordinal] as StateLetter;
  const [namespace, name] = split(holding?.name ?? '');
  const pool = model.sections.find((section) => section.blocks.includes(block))?.pool;
  const isBorrowed = block.borrowed?.has(ordinal) ?? false;
  const reserved = model.head.reservations.filter(({ cidr }) => containsAddress(parseCidr(cidr)!, address));
  const facts: Fact[] = [
    ['State', STATES[letter] + (isBorrowed ? ', borrowed' : '')],
    [{ v: 'Machine', l: 'Service' }[letter as string] ?? 'Pod', name],
    ['Namespace', namespace],
    ['Node', holding === undefined || letter === 'c' ? '' : ownerText(model, ownerAt(place))],
    [letter === 'c' ? 'Released' : 'Since', holding?.time ?? ''],
    ['Handle', holding?.handle ?? ''],
    ['Sequence', holding?.sequence ?? ''],
    ...Object.entries(holding?.more ?? {}),
    ['Reservation', reserved.map((each) => `${each.name} (${each.cidr})`).join(', ')],
    ['Block', block.cidr],
    ['Block owner', ownerText(model, block.owner) || 'nobody'],
    ['Claimed', block.claimed],
    ['Pool', pool === undefined ? 'none' : `${pool.name} (${pool.cidr}${pool.disabled ? ', disabled' : ''})`],
  ];
  return facts.filter(([, value]) => value !== '').map(([term, value]) => [visible(term), visible(value)]);
}

function split(name: string): readonly [namespace: string, name: string] {
  const at = name.indexOf('/');
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
}

/** The facts as a list, the address first. */
export function showFacts(into: HTMLElement, address: string, facts: readonly Fact[]): void {
  const list = document.createElement('dl');
  for (const [term, value] of [['Address', address] as const, ...facts]) {
    const dt = document.createElement('dt');
    dt.textContent = term;
    const dd = document.createElement('dd');
    dd.textContent = value;
    if (term === 'Address') dd.className = 'big';
    list.append(dt, dd);
  }
  into.replaceChildren(list);
}

/** A few lines beside the pointer. */
export function tipLines(
  model: MapModel,
  tile: Tile,
  place: Place | undefined,
  holding: Holding | undefined,
): readonly string[] {
  if (place !== undefined) {
    const facts = factsOf(model, place, holding).filter(([term]) => SHORT.includes(term));
    return [
      addressText(place),
      ...facts.map(([term, value]) => (term === 'State' ? value : `${term}: ${value}`)),
    ];
  }
  const { block, room } = tile;
  if (block !== undefined)
    return [block.cidr, `Owner: ${ownerText(model, block.owner) || 'nobody'}`, usage(block.states)];
  if (room === undefined) return [];
  const blocks = room.blocks === 1n ? '' : `${withCommas(room.blocks)} blocks, `;
  return [
    'Not in any block',
    `${formatAddress(room.first)} – ${formatAddress(room.last)}`,
    `${blocks}${withCommas(room.addresses)} addresses`,
  ];
}

const SHORT = ['State', 'Pod', 'Machine', 'Service', 'Namespace', 'Node', 'Block'];

function usage(states: string): string {
  const free = [...states].filter((letter) => letter === '.').length;
  return `${withCommas(states.length - free)} of ${withCommas(states.length)} addresses not free`;
}

export function showTip(tip: HTMLElement, lines: readonly string[], at: { x: number; y: number }): void {
  tip.hidden = lines.length === 0;
  tip.replaceChildren(
    ...lines.map((line, index) => {
      const element = document.createElement(index === 0 ? 'b' : 'div');
      element.textContent = line;
      return element;
    }),
  );
  const within = tip.parentElement!.getBoundingClientRect();
  const left = at.x + 16 + tip.offsetWidth > within.width ? at.x - 12 - tip.offsetWidth : at.x + 16;
  const top = at.y + 16 + tip.offsetHeight > within.height ? at.y - 12 - tip.offsetHeight : at.y + 16;
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${Math.max(0, top)}px`;
}
