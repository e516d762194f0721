import { stringifyJson } from '../../core/json.ts';
import { pageClosing, pageOpening } from '../../core/page/frame.ts';
import * as assets from './assets.ts';

/** From the doctype to where the data begin. */
export function opening(title: string): string {
  return pageOpening(title, assets) + assets.BODY;
}

/** JSON that no HTML parser ends before its end: `<` is written as its escape. */
export function dataElement(attribute: `id="${string}"` | `class="${string}"`, value: unknown): string {
  return `<script type="application/json" ${attribute}>${stringifyJson(value)}</script>\n`;
}

/** A value a line, read one by one when somebody looks at them. */
export function linesElement(className: string, values: readonly unknown[]): string {
  const lines = values.map((value) => stringifyJson(value)).join('\n');
  return `<script type="text/plain" class="${className}">${lines}</script>\n`;
}

/** The tables, then the script, which finds all data above it. */
export function closing(tables: string): string {
  return pageClosing(tables, assets);
}
