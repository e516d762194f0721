import { CalicoctlError, formatValue } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/suggest.ts';
import { type Fields, textIn } from './fields.ts';
import { fault, type Given } from './given.ts';
import type { Kubeconfig } from './kubeconfig.ts';

/** A context with what it leads to. Parts that do not exist are only missed where nothing replaces them. */
export interface Choice {
  readonly name: string;
  /** The file that the context stands in. */
  readonly file: string;
  readonly namespace: string | undefined;
  readonly cluster: Fields | undefined;
  readonly user: Fields | undefined;
  /** The error for a cluster or a user that the context names and nobody has. */
  readonly missing: { readonly cluster?: CalicoctlError; readonly user?: CalicoctlError };
}

/** The context asked for, else the current one; undefined where neither is named. */
export function chooseContext(kubeconfig: Kubeconfig, asked: Given | undefined): Choice | undefined {
  const given = asked ?? kubeconfig.currentContext;
  if (given === undefined) return undefined;
  const context = kubeconfig.contexts.get(given.value);
  if (context === undefined) throw unknownContext(given, kubeconfig);
  const [cluster, missingCluster] = lookUp(context, 'cluster', kubeconfig.clusters);
  const [user, missingUser] = lookUp(context, 'user', kubeconfig.users);
  return {
    name: given.value,
    file: context.source.file,
    namespace: textIn(context, 'namespace')?.value,
    cluster,
    user,
    missing: {
      ...(missingCluster && { cluster: missingCluster }),
      ...(missingUser && { user: missingUser }),
    },
  };
}

/** The error for a kubeconfig that leaves open which of its contexts is meant. */
export function noContext(kubeconfig: Kubeconfig, files: string): CalicoctlError {
  const hint =
    kubeconfig.contexts.size === 0
      ? 'Write one with kubectl config, or name another file with KUBECONFIG.'
      : `Choose one with --context or K8S_CURRENT_CONTEXT: ${listed(kubeconfig.contexts.keys())}.`;
  const what = kubeconfig.contexts.size === 0 ? 'holds no context' : 'names no current context';
  return new CalicoctlError('configuration', `the kubeconfig ${files} ${what}`, { hint });
}

function unknownContext(given: Given, { contexts }: Kubeconfig): CalicoctlError {
  const near = didYouMean(given.value, contexts.keys());
  const hint =
    contexts.size === 0
      ? 'The kubeconfig holds no context at all.'
      : `The kubeconfig has these contexts: ${listed(contexts.keys())}.`;
  const name = `${given.name}: the context`;
  return fault({ ...given, name }, `${formatValue(given.value)} does not exist${near}`, { hint });
}

/** Names in their order; of a great many the first. */
function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 40).join(', ');
  return all.length > 40 ? `${shown} and ${all.length - 40} more` : shown;
}

function lookUp(
  context: Fields,
  part: 'cluster' | 'user',
  entries: ReadonlyMap<string, Fields>,
): [Fields | undefined, CalicoctlError | undefined] {
  const name = textIn(context, part);
  if (name === undefined) return [undefined, undefined];
  const entry = entries.get(name.value);
  if (entry !== undefined) return [entry, undefined];
  const near = didYouMean(name.value, entries.keys());
  return [undefined, fault(name, `${formatValue(name.value)} does not exist${near}`)];
}
