import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { kindOf } from '../../resources/registry.ts';
import type { FirstPart } from '../document/resources.ts';
import { type Check, few } from './checks.ts';

/** What Kubernetes has to have before some resources can be there. */
export interface Surroundings {
  readonly checks: readonly Check[];
  readonly missingNodes: number;
}

/** Nodes and namespaces that resources of the file are of, and Kubernetes does not have. */
export async function lookAround(store: Datastore, first: FirstPart): Promise<Surroundings> {
  if (store.capabilities.name !== 'kubernetes') return { checks: [], missingNodes: 0 };
  const nodes = new Set<string>();
  const namespaces = new Set<string>();
  for await (const { kind, resource } of first) {
    const { name, namespace } = resource.metadata;
    if (kind.kind === 'Node') nodes.add(name);
    if (kind.scope === 'namespaced') namespaces.add(namespace || 'default');
  }
  const missingNodes = await missing(store, 'Node', nodes);
  const missingSpaces = await missing(store, 'Namespace', namespaces);
  return {
    missingNodes: missingNodes.length,
    checks: [
      told(
        'nodes',
        missingNodes,
        'warning',
        'is no node of Kubernetes: it is skipped, its addresses are not',
      ),
      told('namespaces', missingSpaces, 'error', 'is no namespace of Kubernetes: create it first'),
    ],
  };
}

async function missing(
  store: Datastore,
  name: string,
  wanted: ReadonlySet<string>,
): Promise<readonly string[]> {
  const left = new Set(wanted);
  if (left.size === 0) return [];
  try {
    for await (const { items } of store.list({ kind: await kindOf(name) }))
      for (const { metadata } of items) left.delete(metadata.name);
  } catch (error) {
    // Who may not see them may still be allowed to write what is in them.
    if (!isError(error, 'unauthorized')) throw error;
    return [];
  }
  return [...left].sort();
}

function told(check: string, names: readonly string[], verdict: Check['verdict'], why: string): Check {
  if (names.length === 0)
    return { check, verdict: 'ok', details: ['Kubernetes has all that the file names'] };
  return { check, verdict, details: few(names.map((name) => `${name} ${why}`)) };
}
