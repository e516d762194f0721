import { escapeHtml, withCommas } from '../../core/page/text.ts';
import { TYPE_WORDS } from '../everywhere/view.ts';
import { type Drawing, fareOf } from './drawing.ts';
import { counted } from './text.ts';
import type { Topology } from './topology.ts';
import { endText, stateWords } from './words.ts';

/** What is drawn, once more as tables: to be searched, copied and read aloud. */

/** More rows help nobody; the sums tell of all. */
const ROWS = 2000;

export function tablesOf(topology: Topology, drawing: Drawing): string {
  return [unwellTable(topology), pointTable(topology, drawing)].join('\n');
}

function unwellTable({ points, links }: Topology): string {
  const unwell = links.filter(({ state }) => state !== 'up');
  if (unwell.length === 0) return '<p class="fine">Every session that is known is established.</p>';
  const rows = unwell.slice(0, ROWS).map(({ points: ends, type, family, state, ends: said }) => {
    const [first, second] = ends.map((index) => points[index]!);
    return cells(ends, [
      first!.name,
      second!.name,
      TYPE_WORDS[type],
      family === 'ipv4' ? 'IPv4' : 'IPv6',
      stateWords(state),
      state === 'missing' ? '' : endText(said[0], first!),
      state === 'missing' ? '' : endText(said[1], second!),
    ]);
  });
  const more = unwell.length > ROWS ? ` (the first ${withCommas(ROWS)} of them)` : '';
  return table(
    `${counted(unwell.length, 'session')} not established${more}`,
    ['First end', 'Second end', 'Type', 'Family', 'State', 'The first says', 'The second says'],
    rows,
  );
}

function pointTable({ points }: Topology, { counts }: Drawing): string {
  const rows = points.map((point, index) => {
    const { up, total } = counts[index]!;
    const role = point.clusterId === undefined ? point.role : `reflector of ${point.clusterId}`;
    const fare = {
      ...{ well: 'well', partly: 'not all established', down: 'none established' },
      silent: 'could not be asked',
    }[fareOf(point, counts[index]!)];
    return cells(
      [index],
      [
        point.name,
        role === 'external' ? 'outside' : role,
        point.addresses.join(', '),
        point.as.join(' or '),
        `${withCommas(up)} of ${withCommas(total)}`,
        point.failure === undefined ? fare : `${fare}: ${point.failure}`,
      ],
    );
  });
  return table('Nodes and peers', ['Name', 'Role', 'Addresses', 'AS', 'Sessions established', 'State'], rows);
}

function cells(indexes: readonly number[], texts: readonly string[]): string {
  const inner = texts
    .map((text, column) =>
      column === 0 ? `<th scope="row">${escapeHtml(text)}</th>` : `<td>${escapeHtml(text)}</td>`,
    )
    .join('');
  return `<tr data-points="${indexes.join(' ')}">${inner}</tr>`;
}

function table(caption: string, head: readonly string[], rows: readonly string[]): string {
  const titles = head.map((text) => `<th scope="col">${text}</th>`).join('');
  return `<table><caption>${caption}</caption><thead><tr>${titles}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}
