import { escapeHtml } from './text.ts';

/** What the pages that the program writes have in common: each is one file that loads nothing. */

/** Body, style and script of a page, as `npm run docs` puts them together from its `page/` and `base.css` here. */
export interface PageAssets {
  readonly BODY: string;
  readonly STYLE: string;
  readonly STYLE_HASH: string;
  readonly SCRIPT: string;
  readonly SCRIPT_HASH: string;
}

/**
 * From the doctype to the beginning of the body. Nothing may be loaded from anywhere, and only the script and the style of
 * this build run: both are named by their hash, so that markup which a name might smuggle in could do nothing either
 * (docs/adr/0013-browser-tests.md).
 */
export function pageOpening(title: string, { STYLE, STYLE_HASH, SCRIPT_HASH }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${SCRIPT_HASH}'`,
    `style-src 'sha256-${STYLE_HASH}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
`;
}

/** The tables, then the script, which finds all data above it. */
export function pageClosing(tables: string, { SCRIPT }: PageAssets): string {
  return `<section id="tables" aria-label="Tables">
${tables}</section>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
