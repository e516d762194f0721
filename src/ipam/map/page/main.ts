import { visible } from '../../../core/page/text.ts';
import { ELEMENTS } from '../data.ts';
import { startApp } from './app.ts';
import { type ColourBy, DARK, LIGHT } from './colours.ts';
import { startFinder } from './finder.ts';
import { countedIn, showLegend } from './legend.ts';
import { addressText, type MapSource, modelOf, type Place } from './model.ts';
import { factsOf, showFacts } from './panel.ts';
import { followKeys, followPointer } from './pointer.ts';

/** Starts the page. Everything it shows stands in the page itself. */

function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

function textsOf(className: string): readonly string[] {
  return Array.from(document.getElementsByClassName(className), ({ textContent }) => textContent ?? '');
}

function readSource(): MapSource {
  return {
    head: JSON.parse(element(ELEMENTS.head).textContent!),
    tail: JSON.parse(element(ELEMENTS.tail).textContent!),
    columns: textsOf(ELEMENTS.blocks).map((text) => JSON.parse(text)),
    details: textsOf(ELEMENTS.details),
  };
}

const root = document.documentElement;
root.classList.add('js');
element('canvas').after(element('tables'));
const model = modelOf(readSource());
const counted = countedIn(model);
const canvas = element<HTMLCanvasElement>('canvas');
const app = startApp(canvas, model, () => {
  // When the map could first be seen, in milliseconds since the page was asked for.
  root.dataset['drawn'] ??= String(Math.round(performance.now()));
});
const hint = element('details').firstElementChild!;

function showTables(isShown: boolean): void {
  root.classList.toggle('tables', isShown);
  element('table').setAttribute('aria-expanded', String(isShown));
}

function choose(place: Place | undefined): void {
  app.select(place);
  showTables(false);
  if (place === undefined) element('details').replaceChildren(hint);
  else {
    const holding = app.holdings(place.block).get(place.ordinal);
    showFacts(element('details'), addressText(place), factsOf(model, place, holding));
  }
}

const finder = startFinder(
  {
    ...{ form: element('search'), query: element('query'), found: element('found') },
    ...{ results: element('results'), list: element('list') },
    ...{ before: element('before'), after: element('after') },
  },
  app,
  choose,
);

function legend(): void {
  const lists = { states: element('states'), nodes: element('nodes') };
  showLegend(lists, model, counted, app.scene().colouring, (query) => finder.ask(query));
}

function setTheme(isDark: boolean): void {
  root.classList.toggle('dark', isDark);
  app.theme(isDark ? DARK : LIGHT);
  legend();
}

function listen(): void {
  const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
  setTheme(prefersDark.matches);
  prefersDark.addEventListener('change', ({ matches }) => setTheme(matches));
  element('theme').addEventListener('click', () => setTheme(!root.classList.contains('dark')));
  element('in').addEventListener('click', () => app.zoom(1.5));
  element('out').addEventListener('click', () => app.zoom(1 / 1.5));
  element('fit').addEventListener('click', () => app.fit());
  element('by').addEventListener('change', ({ target }) => {
    app.colour((target as HTMLSelectElement).value as ColourBy);
    legend();
  });
  element('table').addEventListener('click', () => showTables(!root.classList.contains('tables')));
  const react = {
    choose,
    search: () => element('query').focus(),
    leave: () => {
      choose(undefined);
      finder.ask('');
    },
  };
  followPointer(canvas, element('tip'), app, react);
  followKeys(canvas, app, react);
  new ResizeObserver(() => app.resize()).observe(element('canvas').parentElement!);
}

listen();
const { generated, program, leaksKnown } = model.head;
element('about').textContent = [
  `As of ${generated.slice(0, 19).replace('T', ' ')} UTC, by ${visible(program)}.`,
  leaksKnown ? '' : 'Who uses the addresses could not be read, so leaked ones are not marked.',
].join(' ');

/** A link may name what to look for: `ipam.html#10.0.0.7`. */
function askedByLink(): string {
  try {
    return decodeURIComponent(window.location.hash.slice(1));
  } catch {
    // A `%` that begins no escape.
    return window.location.hash.slice(1);
  }
}

const wanted = askedByLink();
if (wanted !== '') finder.ask(wanted);
