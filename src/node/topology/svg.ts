import { escapeHtml, withCommas } from '../../core/page/text.ts';
import { type Drawing, fareOf, type Mesh } from './drawing.ts';
import { type Layout, layoutOf, type Spot } from './layout.ts';
import { namesOf, round, SIGNS } from './names.ts';
import type { Link, Topology } from './topology.ts';
import { linkText, pointText } from './words.ts';

/** With more lines that are not well, signs would hide them. */
const SIGNED = 200;

/** The drawing as one SVG element. Points and links carry their indexes for the script, and a title for everybody. */
export function svgOf(topology: Topology, drawing: Drawing): string {
  const layout = layoutOf(topology, drawing);
  const box = boxOf(topology, layout);
  const links = drawing.links.map((link, index) => linkPart(topology, layout, link, index));
  const unwell = drawing.links.flatMap((link, index) => (link.state === 'up' ? [] : [{ link, index }]));
  const signs = unwell.length > SIGNED ? [] : unwell.map(({ link, index }) => signPart(layout, link, index));
  const named = namesOf(topology, drawing, layout);
  const points = topology.points.map((_, index) =>
    pointPart(topology, drawing, layout, index, named[index]!),
  );
  return `<svg id="graph"${layout.spacing < layout.font * 0.7 ? ' class="crowded"' : ''} viewBox="${box.join(' ')}" role="img" aria-label="BGP sessions" preserveAspectRatio="xMidYMid meet">
${drawing.mesh === undefined ? '' : meshPart(drawing.mesh, layout)}<g id="links">
${links.join('\n')}
</g>
<g id="signs">
${signs.join('\n')}
</g>
<g id="points">
${points.join('\n')}
</g>
</svg>`;
}

function boxOf({ points }: Topology, { spots, radius, font }: Layout): readonly number[] {
  const isOutside = points.some(({ role }) => role === 'external');
  const longest = points.reduce(
    (most, { name, role }) => (role === 'node' ? Math.max(most, name.length) : most),
    6,
  );
  const reach =
    (isOutside ? Math.max(...spots.map(({ x, y }) => Math.hypot(x, y))) : radius) +
    16 +
    font * 0.62 * Math.min(longest + 5, 24);
  // Names of peers outside stand beside them.
  const wide = reach + (isOutside ? font * 9 : 0);
  return [-wide, -reach, wide * 2, reach * 2].map(Math.round);
}

function meshPart({ members, up, total }: Mesh, { radius }: Layout): string {
  const size = Math.round(radius / 16);
  const y = Math.round(radius * 0.72);
  const lines = [
    'Node-to-node mesh',
    `${withCommas(up)} of ${withCommas(total)} sessions established`,
    up === total ? `${withCommas(members.length)} nodes, all well` : 'only those that are not are drawn',
  ];
  const texts = lines.map(
    (line, index) =>
      `<text y="${Math.round(y + (index - 0.7) * size * 1.35)}" font-size="${index === 0 ? size : Math.round(size * 0.8)}">${line}</text>`,
  );
  return `<g id="mesh" class="${up === total ? 'well' : 'partly'}">
<circle r="${radius}"><title>${escapeHtml(lines.join('. '))}</title></circle>
${texts.join('\n')}
</g>
`;
}

/** Lines between nodes bend to the middle; those of IPv6 more, so that both families can be seen. */
function bendOf({ family }: Link): number {
  return family === 'ipv4' ? 0.35 : 0.12;
}

function endsOf({ spots }: Layout, { points }: Link): readonly [Spot, Spot] {
  return [spots[points[0]]!, spots[points[1]]!];
}

function control(layout: Layout, link: Link): { readonly x: number; readonly y: number } {
  const [from, to] = endsOf(layout, link);
  const bend = bendOf(link);
  const isLong =
    Math.hypot(from.x, from.y) > layout.radius * 1.1 || Math.hypot(to.x, to.y) > layout.radius * 1.1;
  const share = isLong ? (link.family === 'ipv4' ? 1 : 0.94) : bend;
  return { x: ((from.x + to.x) / 2) * share, y: ((from.y + to.y) / 2) * share };
}

function linkPart({ points }: Topology, layout: Layout, link: Link, index: number): string {
  const [from, to] = endsOf(layout, link);
  const { x, y } = control(layout, link);
  const path = `M${round(from.x)} ${round(from.y)}Q${round(x)} ${round(y)} ${round(to.x)} ${round(to.y)}`;
  const [a, b] = link.points;
  return `<path class="link ${link.state}" d="${path}" data-link="${index}" data-a="${a}" data-b="${b}"><title>${escapeHtml(linkText(link, points))}</title></path>`;
}

function signPart(layout: Layout, link: Link, index: number): string {
  const [from, to] = endsOf(layout, link);
  const { x, y } = control(layout, link);
  // Many lines meet in the middle, so each has its sign elsewhere.
  const at = 0.34 + ((index * 7) % 5) * 0.08;
  const along = (a: number, b: number, c: number) => (1 - at) ** 2 * a + 2 * at * (1 - at) * b + at ** 2 * c;
  const [mx, my] = [along(from.x, x, to.x), along(from.y, y, to.y)];
  const size = Math.max(8, layout.radius / 32);
  return `<g class="sign ${link.state}" data-link="${index}" data-a="${link.points[0]}" data-b="${link.points[1]}" transform="translate(${round(mx)} ${round(my)})"><circle r="${round(size)}"/><text font-size="${round(size * 1.7)}" y="${round(size * 0.6)}">${SIGNS[link.state]}</text></g>`;
}

function pointPart(
  topology: Topology,
  drawing: Drawing,
  layout: Layout,
  index: number,
  name: string,
): string {
  const point = topology.points[index]!;
  const spot = layout.spots[index]!;
  const fare = fareOf(point, drawing.counts[index]!);
  const title = escapeHtml(pointText(point, drawing.counts[index]!));
  const inner = [`<title>${title}</title>`, shapeOf(point.role, spot.size)];
  if (fare !== 'well') inner.push(markText({ silent: '?', partly: '!', down: '×' }[fare], spot.size));
  inner.push(name);
  return `<g class="point ${point.role} ${fare}" data-point="${index}" tabindex="-1" transform="translate(${round(spot.x)} ${round(spot.y)})">${inner.join('')}</g>`;
}

function markText(sign: string, size: number): string {
  return `<text class="mark" font-size="${round(size * 1.5)}" y="${round(size * 0.52)}">${sign}</text>`;
}

function shapeOf(role: 'node' | 'reflector' | 'external', size: number): string {
  const s = round(size);
  if (role === 'node') return `<circle class="shape" r="${s}"/>`;
  if (role === 'external')
    return `<rect class="shape" x="-${s}" y="-${s}" width="${round(2 * size)}" height="${round(2 * size)}" rx="2"/>`;
  const d = round(size * 1.25);
  const inner = round(size * 0.7);
  return `<path class="shape" d="M0 -${d}L${d} 0L0 ${d}L-${d} 0Z"/><path class="within" d="M0 -${inner}L${inner} 0L0 ${inner}L-${inner} 0Z"/>`;
}
