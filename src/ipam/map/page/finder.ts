import { visible, withCommas } from '../../../core/page/text.ts';
import { parseAddress } from '../../../resources/net/address.ts';
import { containsAddress } from '../../../resources/net/cidr.ts';
import type { App } from './app.ts';
import { addressText, type MapModel, type Place } from './model.ts';
import { type Hits, search } from './search.ts';

/** The search field and what it finds. */

export interface FinderElements {
  readonly form: HTMLFormElement;
  readonly query: HTMLInputElement;
  readonly found: HTMLOutputElement;
  readonly results: HTMLElement;
  readonly list: HTMLElement;
  readonly before: HTMLElement;
  readonly after: HTMLElement;
}

export interface Finder {
  ask(query: string): void;
}

/** Searching may not hold up the page for longer, in milliseconds. */
const SLICE = 24;
/** After the last letter. */
const PAUSE = 150;

export function startFinder(
  elements: FinderElements,
  app: App,
  choose: (place: Place | undefined) => void,
): Finder {
  const { form, query, found, results, list } = elements;
  let run = 0;
  let timer = 0;
  let hits: Hits | undefined;
  let at = -1;
  const go = (step: number) => {
    if (hits === undefined || hits.first.length === 0) return;
    at = (at + step + hits.first.length) % hits.first.length;
    choose(hits.first[at]);
    app.show(hits.first[at]!);
  };
  const clear = () => {
    hits = undefined;
    results.hidden = true;
    found.value = '';
    app.find(undefined);
  };
  const start = () => {
    const mine = ++run;
    const text = query.value.trim();
    at = -1;
    if (text === '') return clear();
    found.value = 'searching…';
    const steps = search(app.model, text);
    const more = () => {
      if (mine !== run) return;
      const done = slice(steps);
      if (done === undefined) {
        setTimeout(more);
        return;
      }
      hits = done;
      found.value = countText(app.model, text, hits);
      app.find(hits);
      listHits(results, list, app, hits, choose);
      if (hits.count > 0 && hits.count <= MOST_JUMPED) go(1);
    };
    more();
  };
  query.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(start, PAUSE);
  });
  query.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (at < 0) start();
    else go(event.shiftKey ? -1 : 1);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  elements.before.addEventListener('click', () => go(-1));
  elements.after.addEventListener('click', () => go(1));
  return {
    ask(text) {
      query.value = text;
      start();
    },
  };
}

/** What is found in many places is shown as a whole, not one place of it. */
const MOST_JUMPED = 16;

function slice(steps: Generator<void, Hits>): Hits | undefined {
  const end = performance.now() + SLICE;
  while (performance.now() < end) {
    const { done, value } = steps.next();
    if (done) return value;
  }
  return undefined;
}

function countText(model: MapModel, text: string, { count }: Hits): string {
  if (count > 0) return `${withCommas(count)} ${count === 1 ? 'address' : 'addresses'}`;
  const address = parseAddress(text);
  if (address === undefined) return 'nothing found';
  const section = model.sections.find(({ range }) => range !== undefined && containsAddress(range, address));
  return section?.pool === undefined
    ? 'in no pool'
    : `in no block; free in pool ${visible(section.pool.name)}`;
}

function listHits(
  results: HTMLElement,
  list: HTMLElement,
  app: App,
  hits: Hits,
  choose: (place: Place) => void,
): void {
  results.hidden = hits.count === 0;
  const lines = hits.first.map((place) => {
    const button = document.createElement('button');
    button.type = 'button';
    const name = document.createElement('span');
    name.className = 'name';
    name.textContent = visible(app.holdings(place.block).get(place.ordinal)?.name ?? '');
    button.append(addressText(place), name);
    button.addEventListener('click', () => {
      choose(place);
      app.show(place);
    });
    const line = document.createElement('li');
    line.append(button);
    return line;
  });
  list.replaceChildren(...lines);
}
