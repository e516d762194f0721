import { textIn } from '../../core/json.ts';
import type { Resource } from '../../resources/kind.ts';
import type { EndpointIndex } from './survey.ts';

/** Endpoints as they pass: eight bytes are kept of each. */
export interface EndpointTable {
  see(endpoint: Resource): void;
  /** When all have been seen. */
  index(): EndpointIndex;
}

const FIRST_ROOM = 1 << 10;

/** An empty table. */
export function endpointTable(): EndpointTable {
  const byNode = new Map<string, number>();
  let keys = new Float64Array(FIRST_ROOM);
  let count = 0;
  return {
    see(endpoint) {
      const node = textIn(endpoint.spec['node']);
      byNode.set(node, (byNode.get(node) ?? 0) + 1);
      if (count === keys.length) {
        const grown = new Float64Array(count * 2);
        grown.set(keys);
        keys = grown;
      }
      keys[count++] = interfaceKey(endpoint);
    },
    index: () => ({ byNode, repeated: repeatedIn(keys.subarray(0, count).sort()) }),
  };
}

function repeatedIn(sorted: Float64Array): ReadonlySet<number> {
  const repeated = new Set<number>();
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) repeated.add(sorted[at]!);
  return repeated;
}

const HIGH = 2 ** 21;

/** 53 bits for an interface of a workload. Others may share them: who finds them repeated looks again. */
export function interfaceKey({ metadata, spec }: Resource): number {
  const text = interfaceText(metadata, spec);
  let low = 0x41c6ce57;
  let high = 0xdeadbeef;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 1597334677);
    high = Math.imul(high ^ code, 2654435761);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (high >>> 0) * HIGH + ((low >>> 0) & (HIGH - 1));
}

/** Which interface of which workload; an empty field is one that is not there. */
export function interfaceText({ namespace }: Resource['metadata'], spec: Resource['spec']): string {
  const { orchestrator, workload, pod, endpoint } = spec;
  return `${namespace}\n${orchestrator || ''}\n${workload || ''}\n${pod || ''}\n${endpoint || ''}`;
}
