import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { escapeHtml, visible } from '../../../src/core/page/text.ts';
import { type BlockColumns, ELEMENTS, type MapHead, type MapTail } from '../../../src/ipam/map/data.ts';
import { ipamMap } from '../../../src/ipam/map/index.ts';
import { centred, fitted, zoomed } from '../../../src/ipam/map/page/camera.ts';
import { cellOf, layoutOf, ordinalAt, tileAt } from '../../../src/ipam/map/page/layout.ts';
import {
  addressText,
  detailReader,
  type MapModel,
  modelOf,
  ownerAt,
} from '../../../src/ipam/map/page/model.ts';
import { type Hits, search } from '../../../src/ipam/map/page/search.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { block, everyState, HOSTILE, listOnly, node, pod, resource } from './cluster.ts';

const textOf = async (resources: readonly Resource[]) =>
  (await Array.fromAsync(ipamMap(listOnly(resources), { now: new Date('2026-05-04T12:00:00Z') }))).join('');

/** What a browser finds in the page: text between the tags of data, which end at the first `</script`. */
function modelIn(html: string): MapModel {
  const all = (mark: string) =>
    [...html.matchAll(new RegExp(`<script type="[a-z/]+" ${mark}>([\\s\\S]*?)</script`, 'gi'))].map(
      ([, text]) => text!,
    );
  return modelOf({
    head: JSON.parse(all(`id="${ELEMENTS.head}"`)[0]!) as MapHead,
    tail: JSON.parse(all(`id="${ELEMENTS.tail}"`)[0]!) as MapTail,
    columns: all(`class="${ELEMENTS.blocks}"`).map((text) => JSON.parse(text) as BlockColumns),
    details: all(`class="${ELEMENTS.details}"`),
  });
}

const states = modelIn(await textOf(everyState()));

function find(model: MapModel, text: string): Hits {
  const steps = search(model, text);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const found = (text: string) => find(states, text).first.map(addressText);

describe('the page of the map', () => {
  test('has every address with its state, owner and details', () => {
    expect(states.sections.map(({ pool, blocks, used }) => [pool?.name, blocks.length, used])).toEqual([
      ...[
        [`evil-${HOSTILE}`, 1, 1],
        ['pods', 2, 8],
        ['services', 1, 1],
        ['six', 1, 1],
        ['windows', 1, 4],
      ],
      [undefined, 1, 1],
    ] as never);
    const first = states.sections[1]!.blocks[0]!;
    expect(first.states).toBe(`tpvucpp${'.'.repeat(53)}rrrr`);
    expect([5, 6].map((ordinal) => states.owners[ownerAt({ block: first, ordinal })])).toEqual([
      `host:${node(2)}`,
      `host:${node(1)}`,
    ]);
    const read = detailReader(states)(first);
    expect(read.get(2)).toEqual({
      ...{ handle: 'k8s-pod-network.vm', name: 'machines/vm-1', time: '', sequence: '1800000000000000002' },
      more: { pod: 'virt-launcher-vm-1' },
    });
    expect(read.get(4)).toMatchObject({ handle: '', name: '', time: '2026-05-04T11:00:00Z' });
    expect([...read.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('holds no markup of a name', async () => {
    const html = await textOf(everyState());
    expect(html.match(/<script/g)!.length).toBe(html.match(/<\/script>/g)!.length);
    expect(html).not.toContain('<img');
    expect(html.match(/<script(?! type="(application\/json|text\/plain)")/g)!.length).toBe(1);
  });

  test('keeps any name exactly, through JSON and HTML', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), async (name) => {
        const taken = { 3: { handle_id: 'h', secondary: { node: name, other: name } } };
        const model = modelIn(await textOf([block('10.0.0.0/28', `host:${name}`, 16, taken)]));
        expect(model.owners).toEqual([`host:${name}`]);
        expect(detailReader(model)(model.blocks[0]!).get(3)!.more).toEqual({ other: name });
        expect(escapeHtml(name)).not.toMatch(/[<>"']/);
        expect(visible(name)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: 25 },
    );
  });

  test('puts up with blocks that are not sound', async () => {
    const odd = [
      resource('IPAMBlock', 'a', {
        cidr: '10.0.0.0/30',
        allocations: [0, 7, 'x', null, 0, 0],
        attributes: [{}],
      }),
      resource('IPAMBlock', 'b', {
        cidr: '10.0.1.0/8',
        allocations: [0],
        attributes: [{ secondary: { pod: 5 } }],
      }),
      resource('IPAMBlock', 'c', { cidr: 'fd00::/64', attributes: 'none' }),
    ];
    const model = modelIn(await textOf(odd));
    expect(model.blocks.map(({ cidr, states: all }) => [cidr, all.slice(0, 5), all.length])).toEqual([
      ['10.0.0.0/8', 'u....', 4096],
      ['10.0.0.0/30', 'uu..', 4],
      ['fd00::/64', '.....', 4096],
    ]);
  });
});

describe('the layout of the map', () => {
  const shapes = fc.record({
    blocks: fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }),
    blockSize: fc.constantFrom(24, 26, 29, 30, 32),
    aspect: fc.double({ min: 0.3, max: 4, noNaN: true }),
    header: fc.integer({ min: 0, max: 20 }),
  });

  test('gives each address a cell of its own, within the map, and finds it again', () => {
    fc.assert(
      fc.property(shapes, ({ blocks, blockSize, aspect, header }) => {
        const size = 2 ** (32 - blockSize);
        const model = modelOf({
          head: headOf([{ name: 'pods', cidr: '10.0.0.0/8', blockSize }]),
          tail: { owners: [], unreadable: [] },
          columns: [
            columnsOf(
              blocks.map((place) => `${ip(place * size)}/${blockSize}`),
              size,
            ),
          ],
          details: [''],
        });
        const layout = layoutOf(model.sections, aspect, header);
        const cells = new Set<string>();
        for (const [each, tile] of layout.tileOf)
          for (let ordinal = 0; ordinal < size; ordinal += Math.max(1, size >> 3)) {
            const { x, y } = cellOf(tile, ordinal);
            cells.add(`${x},${y}`);
            expect(x >= 0 && x < layout.width && y >= header && y < layout.height).toBe(true);
            expect(tileAt(layout, x + 0.5, y + 0.5)).toBe(tile);
            expect(ordinalAt(tile, x + 0.5, y + 0.5)).toBe(ordinal);
            expect(tile.block).toBe(each);
          }
        expect(layout.tileOf.size).toBe(blocks.length);
        expect(cells.size).toBe(blocks.length * Math.min(size, size >> 3 === 0 ? size : 8));
      }),
      { numRuns: 60 },
    );
  });

  test('leaves room for what is in no block, and counts it', () => {
    fc.assert(
      fc.property(shapes, ({ blocks, aspect }) => {
        const model = modelOf({
          head: headOf([{ name: 'pods', cidr: '10.0.0.0/16', blockSize: 24 }]),
          tail: { owners: [], unreadable: [] },
          columns: [
            columnsOf(
              blocks.map((place) => `${ip(place * 256)}/24`),
              256,
            ),
          ],
          details: [''],
        });
        const { rows } = layoutOf(model.sections, aspect, 0);
        const rooms = rows.flatMap(({ tiles }) => tiles).flatMap(({ room }) => room ?? []);
        const total = rooms.reduce((sum, room) => sum + room.addresses, 0n);
        expect(total + BigInt(blocks.length) * 256n).toBe(65_536n);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps what is under the pointer where it is while zooming', () => {
    const screen = { width: 1000, height: 700 };
    const camera = fitted({ width: 400, height: 300 }, screen);
    const near = zoomed(camera, 4, { x: 600, y: 200 }, 0.1);
    expect(near.x + 600 / near.scale).toBeCloseTo(camera.x + 600 / camera.scale);
    expect(near.y + 200 / near.scale).toBeCloseTo(camera.y + 200 / camera.scale);
    expect(zoomed(camera, 1e9, { x: 0, y: 0 }, 0.1).scale).toBe(160);
    const middle = centred(camera, { x: 10, y: 20 }, 40, screen);
    expect([(10.5 - middle.x) * 40, (20.5 - middle.y) * 40]).toEqual([500, 350]);
  });
});

describe('the search of the map', () => {
  test('finds by part of a name, by field and by state', () => {
    expect(found('frontend')).toEqual(['10.0.0.6']);
    expect(found('FRONTEND-1')).toEqual(['10.0.0.6']);
    expect(found('pod:web')).toEqual([]);
    expect(found('ns:web')).toEqual(['10.0.0.6', '10.0.0.137', '192.0.2.0', 'fd00:10::41']);
    expect(found('shop')).toEqual(['192.0.2.0']);
    expect(found('handle:k8s-pod-network.vm')).toEqual(['10.0.0.2']);
    expect(found('is:borrowed')).toEqual(['10.0.0.5', '10.0.0.137']);
    expect(found('is:tunnel')).toEqual(['10.0.0.0']);
    expect(found('virt-launcher')).toEqual(['10.0.0.2']);
    expect(found('is:what')).toEqual([]);
  });

  test('takes an address, its beginning, or a CIDR', () => {
    expect(found('10.0.0.5')).toEqual(['10.0.0.5']);
    expect(found('FD00:10:0::41')).toEqual(['fd00:10::41']);
    expect(found('10.0.0.12')).toEqual(['10.0.0.12']);
    expect(find(states, '10.0.0.13').count).toBe(1);
    expect(find(states, '10.0.0.').count).toBe(128);
    expect(find(states, '10.0.0.4/30').first.map(addressText)).toEqual(
      [4, 5, 6, 7].map((n) => `10.0.0.${n}`),
    );
  });

  test('prefers a node of exactly that name', async () => {
    const blocks = ['node-1', 'node-10'].map((name, at) => block(`10.0.${at}.0/30`, `host:${name}`, 4, {}));
    const model = modelIn(await textOf(blocks));
    expect(find(model, 'node:node-1').count).toBe(4);
    expect(find(model, 'node:node-').count).toBe(8);
  });

  test('takes no letter of a name for a pattern or an escape', async () => {
    for (const name of [HOSTILE, 'a.b*c', '\\u003c', '"quoted"', 'ns/(x|y)[z]$']) {
      const model = modelIn(
        await textOf([
          block('10.0.0.0/30', null, 4, { 1: pod(name, 'any', 'n'), 2: pod('axbc', 'any', 'n') }),
        ]),
      );
      expect(find(model, name.trim()).first.map(addressText)).toEqual(['10.0.0.1']);
    }
  });
});

function ip(value: number): string {
  return `10.${(value >> 16) & 255}.${(value >> 8) & 255}.${value & 255}`;
}

function headOf(pools: readonly { name: string; cidr: string; blockSize: number }[]): MapHead {
  return {
    ...{ generated: '', program: '', cooldownSeconds: 0, reservations: [], leaksKnown: false },
    pools: pools.map((pool) => ({ ...pool, disabled: false, nodeSelector: '' })),
  };
}

function columnsOf(cidrs: readonly string[], size: number): BlockColumns {
  return {
    ...{ cidr: [...cidrs], owner: cidrs.map(() => -1), claimed: cidrs.map(() => '') },
    ...{
      sequence: cidrs.map(() => '0'),
      states: cidrs.map(() => '.'.repeat(size)),
      borrowed: cidrs.map(() => []),
    },
  };
}
