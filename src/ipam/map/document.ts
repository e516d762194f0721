import { stringifyJson } from '../../core/json.ts';
import { BODY, SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from './assets.ts';
import { escapeHtml } from './tables.ts';

/**
 * The frame of the page. Nothing may be loaded from anywhere, and only the script and the style of this build run: both are
 * named by their hash, so that markup which a name might smuggle in could do nothing either.
 */
const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${SCRIPT_HASH}'`,
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** From the doctype to where the data begin. */
export function opening(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${BODY}`;
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
  return `<section id="tables" aria-label="Tables">
${tables}</section>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
