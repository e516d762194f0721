import { pageClosing, pageOpening } from '../../core/page/frame.ts';
import { escapeHtml, withCommas } from '../../core/page/text.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import * as assets from './assets.ts';
import { drawingOf } from './drawing.ts';
import { svgOf } from './svg.ts';
import { tablesOf } from './tables.ts';
import { counted } from './text.ts';
import type { Topology } from './topology.ts';

/** One HTML page: drawing, legend and tables stand in it as they are; the script only helps to look around. */
export function page(topology: Topology): string {
  const drawing = drawingOf(topology);
  const time = `${topology.generated.slice(0, 16).replace('T', ' ')} UTC`;
  const body = assets.BODY.replace('<!--summary-->', () => summaryOf(topology))
    .replace('<!--graph-->', () => svgOf(topology, drawing))
    .replace('<!--about-->', () => escapeHtml(`${time}, calicoctl for Calico ${CALICO_VERSION}`));
  const tables = tablesOf(topology, drawing);
  return `${pageOpening(`BGP sessions, ${time}`, assets)}${body}${pageClosing(`${tables}\n`, assets)}`;
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
