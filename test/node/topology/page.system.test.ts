import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf, resolve } from 'node:path';
import { dotText } from '../../../src/node/topology/dot.ts';
import { page } from '../../../src/node/topology/page.ts';
import { type Topology, topologyOf } from '../../../src/node/topology/topology.ts';
import { type Browser, type Page, startChromium } from '../../testbed/chromium.ts';
import { everywhereOf, meshOf, nodeOf, reflected, type Scene, sceneOf } from './scenes.ts';

/** The page of `node status --all -o html` in a real browser; its pictures stay in test-results/ to be looked at. */

const results = resolve(import.meta.dirname, '../../../test-results');
let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await startChromium();
  folder = mkdtempSync(pathOf(tmpdir(), 'calicoctl-topology-'));
  mkdirSync(results, { recursive: true });
});
afterAll(async () => {
  await browser.stop();
  rmSync(folder, { recursive: true, force: true });
});

const told = (scene: Scene): Topology => topologyOf(everywhereOf(scene), new Date('2026-01-02T03:04:05Z'));

async function open(name: string, topology: Topology): Promise<Page> {
  const file = pathOf(folder, `${name}.html`);
  writeFileSync(file, page(topology));
  const opened = await browser.open(`file://${file}`);
  await opened.until("document.documentElement?.dataset.ready === 'yes'");
  writeFileSync(pathOf(results, `topology-${name}.png`), await opened.screenshot());
  return opened;
}

/** How many elements match, and are seen. */
const countOf = (opened: Page, selector: string) =>
  opened.evaluate<number>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((each) => each.checkVisibility({ opacityProperty: true }) && !each.closest('aside')).length`,
  );

describe('the page of the topology', () => {
  test('of reflectors loads nothing, and shows a node alone when it is clicked', async () => {
    const opened = await open('reflectors', told(reflected(24)));
    expect(opened.requests).toHaveLength(1);
    expect(opened.console).toEqual([]);
    expect(await countOf(opened, '#links .link')).toBe(72);
    expect(await countOf(opened, '#links .disputed')).toBe(1);
    expect(await countOf(opened, '.sign')).toBe(2);
    await opened.evaluate(
      "document.querySelector('[data-point=\"3\"]').dispatchEvent(new MouseEvent('click', { bubbles: true }))",
    );
    expect(await opened.evaluate<number>("document.querySelectorAll('#links .picked').length")).toBe(3);
    expect(await opened.evaluate<string>("document.querySelector('#details').innerText")).toContain(
      'ends disagree. worker-3: Active since 10:11:12. reflector-2: Established since 10:11:12',
    );
    expect(await countOf(opened, '#tables table:first-of-type tbody tr')).toBe(1);
    await opened.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))");
    expect(await opened.evaluate<number>("document.querySelectorAll('.picked').length")).toBe(0);
    await opened.close();
  });

  test('finds nodes, and comes nearer', async () => {
    const opened = await open('search', told(meshOf(30)));
    await opened.evaluate(
      "(() => { const query = document.querySelector('#query'); query.value = 'worker-2'; query.dispatchEvent(new Event('input')); })()",
    );
    expect(await opened.evaluate<string>("document.querySelector('#details p').innerText")).toBe('11 found');
    const width = () => opened.evaluate<number>("document.querySelector('#graph').viewBox.baseVal.width");
    const before = await width();
    await opened.evaluate("document.querySelector('#in').click()");
    expect(await width()).toBeLessThan(before);
    await opened.evaluate("document.querySelector('#fit').click()");
    expect(await width()).toBe(before);
    await opened.close();
  });

  test('of 500 nodes shows what is not well, and no name runs over another', async () => {
    const topology = told(
      meshOf(500, (first, second) =>
        first === 77 || second === 77 || (first * second) % 9973 === 1 ? [false, false] : [true, true],
      ),
    );
    const html = page(topology);
    expect(html.length).toBeLessThan(1_000_000);
    expect(dotText(topology).length).toBeLessThan(50_000);
    const opened = await open('large', topology);
    expect(await countOf(opened, '.point')).toBe(500);
    expect(await countOf(opened, '.point.down')).toBe(1);
    expect(await countOf(opened, '#links .link')).toBeLessThan(40);
    const names = await opened.evaluate<readonly (readonly number[])[]>(
      "[...document.querySelectorAll('.point .name')].filter((name) => name.checkVisibility()).map((name) => { const { x, y, width, height } = name.getBoundingClientRect(); return [x, y, width, height]; })",
    );
    expect(names.length).toBeGreaterThan(10);
    const graph = await opened.evaluate<readonly number[]>(
      "(() => { const { left, top, right, bottom } = document.querySelector('#graph').getBoundingClientRect(); return [left, top, right, bottom]; })()",
    );
    for (const [x, y, width, height] of names) {
      expect(x).toBeGreaterThanOrEqual(graph[0]!);
      expect(y).toBeGreaterThanOrEqual(graph[1]!);
      expect(x! + width!).toBeLessThanOrEqual(graph[2]!);
      expect(y! + height!).toBeLessThanOrEqual(graph[3]!);
    }
    await opened.close();
  });

  test('of an outage is drawn all the same', async () => {
    const topology = told(meshOf(500, (first, second) => [first % 3 > 0, second % 3 > 0]));
    expect(topology.links).toHaveLength(124_750);
    const opened = await open('outage', topology);
    expect(await countOf(opened, '#links .link')).toBeLessThan(2501);
    expect(await opened.evaluate<number>("document.querySelectorAll('#tables tbody tr').length")).toBe(2500);
    await opened.close();
  });

  test('a hostile name runs nothing', async () => {
    const names = [
      '</script><script>document.title="bad"</script>',
      '</svg><img src=x onerror="document.title=1">',
    ];
    const opened = await open('hostile', told(sceneOf(names.map((name, index) => nodeOf(index, { name })))));
    expect(await opened.evaluate<string>('document.title')).toBe('BGP sessions, 2026-01-02 03:04 UTC');
    expect(await opened.evaluate<string>("document.querySelector('.name').textContent")).toBe(names[0]!);
    expect([opened.requests.length, opened.console]).toEqual([1, []]);
    await opened.close();
  });
});
