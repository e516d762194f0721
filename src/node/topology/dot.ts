import { type Drawing, drawingOf, fareOf, type Mesh } from './drawing.ts';
import { clusterIdsOf, type Link, type LinkState, type Point, type Topology } from './topology.ts';
import { linkText, stateWords } from './words.ts';

/** Graphviz text: `dot -Tsvg`, or `neato` for many nodes. Everything is told by line styles and shapes too, not by colours alone. */

const LINES: Readonly<Record<LinkState, string>> = {
  up: 'color="#2e7d32", style=solid',
  down: 'color="#c4151c", style=dashed, penwidth=2.5',
  disputed: 'color="#b25e00", style="dashed,bold", penwidth=2.5, arrowhead=none, arrowtail=tee, dir=both',
  disabled: 'color="#5b6472", style=dotted',
  missing: 'color="#79368d", style=dotted, penwidth=2.5',
};

/** With more nodes, those of a mesh that are well are one mark. */
const SHOWN_NODES = 60;

/** The whole topology as one graph. */
export function dotText(topology: Topology): string {
  const drawing = drawingOf(topology);
  const hidden = hiddenIn(topology, drawing);
  const nodes = topology.points.flatMap((point, index) =>
    hidden.has(index) || point.role === 'reflector' ? [] : [`  ${pointLine(topology, drawing, index)}`],
  );
  const meshLines = drawing.mesh === undefined ? [] : meshPart(topology, drawing, drawing.mesh, hidden);
  const lines = [
    'graph "BGP" {',
    '  graph [overlap=false, splines=true, outputorder=edgesfirst, fontname="sans-serif", labelloc=t, label=' +
      `${quoted(titleOf(topology))}];`,
    '  node [fontname="sans-serif", fontsize=11, shape=ellipse, style=filled, fillcolor="#eef2f7", color="#1a1f29"];',
    '  edge [fontname="sans-serif", fontsize=9];',
    ...clusterParts(topology, drawing),
    ...nodes,
    ...meshLines,
    ...drawing.links.map((link) => `  ${linkLine(topology, link)}`),
    ...fanLines(drawing),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function titleOf({ generated, points, links }: Topology): string {
  const nodes = points.filter(({ role }) => role !== 'external').length;
  const up = links.filter(({ state }) => state === 'up').length;
  return `BGP sessions, ${generated.slice(0, 16).replace('T', ' ')} UTC\n${nodes} nodes, ${up} of ${links.length} sessions established`;
}

/** Nodes of a large mesh that have nothing to tell by themselves. */
function hiddenIn({ points }: Topology, { mesh, counts, links }: Drawing): ReadonlySet<number> {
  if (mesh === undefined || mesh.members.length <= SHOWN_NODES) return new Set();
  const linked = new Set(links.flatMap(({ points: ends }) => ends));
  return new Set(
    mesh.members.filter((index) => fareOf(points[index]!, counts[index]!) === 'well' && !linked.has(index)),
  );
}

/** Reflectors by cluster, in a box each. */
function clusterParts(topology: Topology, drawing: Drawing): readonly string[] {
  return clusterIdsOf(topology).flatMap((id, position) => {
    const members = topology.points.flatMap((point, index) =>
      point.clusterId === id ? [`    ${pointLine(topology, drawing, index)}`] : [],
    );
    return [
      `  subgraph "cluster_rr${position}" {`,
      `    label=${quoted(`route reflector cluster ${id}`)}; style=rounded; color="#79368d";`,
      ...members,
      '  }',
    ];
  });
}

function pointLine({ points }: Topology, { counts }: Drawing, index: number): string {
  const point = points[index]!;
  const { up, total } = counts[index]!;
  const fare = fareOf(point, counts[index]!);
  const lines = [
    point.name,
    ...point.addresses.filter((address) => !point.name.includes(address)),
    asText(point),
  ];
  if (fare === 'silent') lines.push('not asked');
  else if (fare !== 'well') lines.push(`${up} of ${total} up`);
  const shape = { node: 'ellipse', reflector: 'doubleoctagon', external: 'box' }[point.role];
  const look = {
    well: 'fillcolor="#e3f1e4"',
    partly: 'fillcolor="#fff3d6", penwidth=2.5, color="#b25e00"',
    down: 'fillcolor="#fbe3e4", penwidth=2.5, color="#c4151c", peripheries=2',
    silent: 'fillcolor="#ffffff", style="filled,dashed"',
  }[fare];
  const tip = point.failure === undefined ? '' : `, tooltip=${quoted(point.failure)}`;
  return `p${index} [label=${quoted(lines.filter((line) => line !== '').join('\n'))}, shape=${shape}, ${look}${tip}];`;
}

function asText({ as }: Point): string {
  return as.length === 0 ? '' : `AS ${as.join(' or ')}`;
}

/** One mark for the mesh; every shown member is tied to it. */
function meshPart(
  topology: Topology,
  drawing: Drawing,
  { members, up, total }: Mesh,
  hidden: ReadonlySet<number>,
): readonly string[] {
  const count =
    hidden.size === 0 ? '' : `\n${hidden.size} of its ${members.length} nodes are well and not shown`;
  const label = `node-to-node mesh\n${up} of ${total} sessions established${count}`;
  const ties = members
    .filter((index) => !hidden.has(index))
    .map((index) => {
      const fare = fareOf(topology.points[index]!, drawing.counts[index]!);
      return `  mesh -- p${index} [${LINES.up}${fare === 'well' ? '' : ', penwidth=0.5'}];`;
    });
  return [
    `  mesh [label=${quoted(label)}, shape=hexagon, fillcolor="${up === total ? '#e3f1e4' : '#fff3d6'}"];`,
    ...ties,
  ];
}

function linkLine({ points }: Topology, link: Link): string {
  const [first, second] = link.points;
  const label = link.state === 'up' ? '' : `, label=${quoted(stateWords(link.state))}`;
  return `p${first} -- p${second} [${LINES[link.state]}${label}, tooltip=${quoted(linkText(link, points))}];`;
}

function fanLines({ fans }: Drawing): readonly string[] {
  return [...fans].flatMap(([index, all]) =>
    all.flatMap(({ state, count }, position) => [
      `  f${index}_${position} [label=${quoted(`${count} mesh sessions\n${stateWords(state)}`)}, shape=note, fillcolor="#ffffff"];`,
      `  p${index} -- f${index}_${position} [${LINES[state]}];`,
    ]),
  );
}

/**
 * A DOT string. A quote is escaped, and so is a backslash, which would begin an escape of Graphviz such as `\N`; line ends
 * of ours are `\n`. Control characters do not get in.
 */
export function quoted(text: string): string {
  const escaped = text
    .split('\n')
    .map((line) =>
      line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd').replace(/[\\"]/g, (mark) => `\\${mark}`),
    )
    .join('\\n');
  // Graphviz reads HTML entities in labels.
  return `"${escaped.replaceAll('&', '&amp;')}"`;
}
