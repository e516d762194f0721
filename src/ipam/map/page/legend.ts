import { visible, withCommas } from '../../../core/page/text.ts';
import { STATES } from '../data.ts';
import { type Colour, type Colouring, css, mix, STATE_COLOURS } from './colours.ts';
import { drawCorner, drawSign } from './glyphs.ts';
import type { MapModel } from './model.ts';
import { STATE_WORDS } from './search.ts';

/** So many nodes are listed; the others are found by search. */
const MOST_NODES = 60;

export interface Counted {
  /** By letter; `+` for borrowed ones. */
  readonly states: ReadonlyMap<string, number>;
  /** Addresses in use by owner's number. */
  readonly owners: readonly number[];
}

export function countedIn({ blocks, owners }: MapModel): Counted {
  const byLetter = new Map<string, number>();
  const byOwner: number[] = Array(owners.length).fill(0);
  const add = (letter: string, count: number) => byLetter.set(letter, (byLetter.get(letter) ?? 0) + count);
  for (const { states, owner, borrowed } of blocks) {
    for (let ordinal = 0; ordinal < states.length; ordinal++) {
      const letter = states[ordinal]!;
      add(letter, 1);
      const has = borrowed?.get(ordinal) ?? owner;
      if (has >= 0 && !'.rcw'.includes(letter)) byOwner[has]!++;
    }
    if (borrowed !== undefined) add('+', borrowed.size);
  }
  return { states: byLetter, owners: byOwner };
}

interface Lists {
  readonly states: HTMLElement;
  readonly nodes: HTMLElement;
}

/** Fills both lists. A click asks for what the line shows. */
export function showLegend(
  lists: Lists,
  model: MapModel,
  counted: Counted,
  colouring: Colouring,
  ask: (query: string) => void,
): void {
  const words = new Map(Object.entries(STATE_WORDS).map(([word, letter]) => [letter, word]));
  const stateLines = Object.entries(STATES)
    .filter(([letter]) => (counted.states.get(letter) ?? 0) > 0)
    .map(([letter, text]) => {
      const colour = stateColour(letter, colouring);
      const swatch = swatchOf(colour, (context, box) => drawSign(context, letter, box, colour));
      return lineOf(swatch, text, counted.states.get(letter)!, () => ask(`is:${words.get(letter)}`));
    });
  const borrowed = counted.states.get('+') ?? 0;
  const plain = stateColour('p', colouring);
  if (borrowed > 0)
    stateLines.push(
      lineOf(
        swatchOf(plain, (context, box) => drawCorner(context, box, plain)),
        'Borrowed from another’s block',
        borrowed,
        () => ask('is:borrowed'),
      ),
    );
  lists.states.replaceChildren(...stateLines);
  lists.nodes.replaceChildren(...nodeLines(model, counted, colouring, ask));
}

function stateColour(letter: string, { by, theme }: Colouring): Colour {
  if (letter === '.') return theme.cell;
  if (by === 'state' || letter === 'x' || letter === 'w') return STATE_COLOURS[letter]!;
  if (letter === 'r') return mix(theme.cell, STATE_COLOURS['r']!, 0.8);
  return letter === 'c' ? mix(theme.cell, theme.faint, 0.5) : theme.faint;
}

function nodeLines(
  { owners }: MapModel,
  counted: Counted,
  colouring: Colouring,
  ask: (query: string) => void,
): readonly HTMLElement[] {
  const order = [...owners.keys()].sort((a, b) => counted.owners[b]! - counted.owners[a]! || a - b);
  const lines = order.slice(0, MOST_NODES).map((owner) => {
    const name = owners[owner]!.replace(/^host:/, '');
    const swatch = swatchOf(colouring.owners[owner]!, () => {});
    return lineOf(swatch, visible(name), counted.owners[owner]!, () => ask(`node:${name}`));
  });
  if (order.length > MOST_NODES) {
    const more = document.createElement('li');
    more.className = 'hint';
    more.textContent = `and ${withCommas(order.length - MOST_NODES)} more, which the search finds`;
    lines.push(more);
  }
  return lines;
}

type Box = { readonly x: number; readonly y: number; readonly size: number };

function swatchOf(colour: Colour, draw: (context: CanvasRenderingContext2D, box: Box) => void): HTMLElement {
  const canvas = document.createElement('canvas');
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(18 * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = css(colour);
  context.fillRect(0, 0, 18, 18);
  draw(context, { x: 0, y: 0, size: 18 });
  return canvas;
}

function lineOf(swatch: HTMLElement, text: string, count: number, click: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  const name = document.createElement('span');
  name.className = 'name';
  name.textContent = text;
  name.title = text;
  const number = document.createElement('span');
  number.className = 'count';
  number.textContent = withCommas(count);
  button.append(swatch, name, number);
  button.addEventListener('click', click);
  const line = document.createElement('li');
  line.append(button);
  return line;
}
