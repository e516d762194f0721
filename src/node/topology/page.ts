import { CALICO_VERSION } from '../../core/version.ts';
import { BODY, SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from './assets.ts';
import { drawingOf } from './drawing.ts';
import { svgOf } from './svg.ts';
import { tablesOf } from './tables.ts';
import { counted, escaped, withCommas } from './text.ts';
import type { Topology } from './topology.ts';

/** Nothing may be loaded, and only the script and the style of this build run (docs/adr/0013-browser-tests.md). */
const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${SCRIPT_HASH}'`,
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One HTML page: drawing, legend and tables stand in it as they are; the script only helps to look around. */
export function page(topology: Topology): string {
  const drawing = drawingOf(topology);
  const time = `${topology.generated.slice(0, 16).replace('T', ' ')} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>BGP sessions, ${time}</title>
<style>${STYLE}</style>
</head>
<body>
${BODY.replace('<!--summary-->', () => summaryOf(topology))
  .replace('<!--graph-->', () => svgOf(topology, drawing))
  .replace('<!--about-->', () => escaped(`${time}, calicoctl for Calico ${CALICO_VERSION}`))}
<section id="tables" aria-label="Tables">
${tablesOf(topology, drawing)}
</section>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function summaryOf({ points, links }: Topology): string {
  const count = (state: string) => links.filter((link) => link.state === state).length;
  const nodes = points.filter(({ role }) => role !== 'external');
  const silent = nodes.filter(({ failure }) => failure !== undefined).length;
  const facts = [
    ['fact', `${withCommas(count('up'))} of ${counted(links.length, 'session')} established`],
    ['fact down', count('down') === 0 ? '' : `× ${withCommas(count('down'))} not established`],
    [
      'fact disputed',
      count('disputed') === 0 ? '' : `! ${withCommas(count('disputed'))} established at one end only`,
    ],
    ['fact missing', count('missing') === 0 ? '' : `? ${withCommas(count('missing'))} of the mesh absent`],
    ['fact disabled', count('disabled') === 0 ? '' : `– ${withCommas(count('disabled'))} switched off`],
    ['fact', counted(nodes.length, 'node')],
    ['fact silent', silent === 0 ? '' : `${withCommas(silent)} could not be asked`],
  ] as const;
  return facts
    .flatMap(([name, text]) => (text === '' ? [] : [`<span class="${name}">${text}</span>`]))
    .join('\n');
}
