import type { Family } from '../../bird/session.ts';
import type { Fabric } from '../everywhere/fabric.ts';
import { type Link, linkKey, type Point } from './topology.ts';

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** Sessions that the mesh asks for between nodes that were asked, and that neither of them has. */
export function missingLinks(
  fabric: Fabric,
  points: readonly Point[],
  links: readonly Link[],
  answered: readonly boolean[],
): readonly Link[] {
  if (!fabric.mesh) return [];
  const known = new Set(links.map(({ points: ends, family }) => linkKey(ends, family)));
  const nodes = new Map(fabric.nodes.map((node) => [node.name, node]));
  const missing: Link[] = [];
  for (const family of FAMILIES) {
    const members = [...points.keys()].filter((index) => {
      const point = points[index]!;
      return (
        point.role === 'node' &&
        answered[index] === true &&
        nodes.get(point.name)?.addresses[family] !== undefined
      );
    });
    for (const [position, first] of members.entries())
      for (const second of members.slice(position + 1))
        if (!known.has(linkKey([first, second], family)))
          missing.push({
            points: [first, second],
            family,
            type: 'mesh',
            state: 'missing',
            ends: [undefined, undefined],
          });
  }
  return missing;
}
