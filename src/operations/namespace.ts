import { CalicoctlError } from '../core/errors.ts';
import { formatRef, type Kind, type Ref } from '../resources/kind.ts';
import { METADATA } from '../resources/structure.ts';

/** The namespace flags of a command line. */
export interface NamespaceChoice {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

/**
 * The namespace that a resource is meant in, from what it says itself and what the flags say.
 * Undefined for kinds without namespaces, and for every namespace.
 */
export function resolveNamespace(
  kind: Kind,
  given: string | undefined,
  choice: NamespaceChoice,
): string | undefined {
  const { namespace = '', allNamespaces = false } = choice;
  if (kind.scope === 'cluster') {
    if (given) throw needless(kind, given);
    if (namespace !== '' || allNamespaces)
      throw flagForCluster(kind, allNamespaces ? '--all-namespaces' : '--namespace');
    return undefined;
  }
  if (allNamespaces && namespace !== '') {
    throw new CalicoctlError(
      'usage',
      'cannot use both --namespace and --all-namespaces flags at the same time',
    );
  }
  if (allNamespaces) return undefined;
  if (given && namespace !== '' && given !== namespace) throw elsewhere(given, namespace);
  return given || namespace || 'default';
}

const PATH = ['metadata', 'namespace'];

function needless({ kind }: Kind, value: string): CalicoctlError {
  const message = `namespace should not be specified for a non-namespaced resource: ${kind} is not a namespaced resource`;
  const rule = METADATA.noNamespace.id;
  return new CalicoctlError('usage', message, {
    fault: {
      rule,
      path: PATH,
      value,
      message: `should not be specified: ${kind} is not a namespaced resource`,
    },
  });
}

function flagForCluster({ kind }: Kind, flag: string): CalicoctlError {
  const message = `${kind} is not namespaced: leave out ${flag}`;
  return new CalicoctlError('usage', message, {
    fault: { rule: METADATA.noNamespace.id, path: ['kind'], message },
  });
}

function elsewhere(value: string, wanted: string): CalicoctlError {
  const message = `resource namespace does not match client namespace: ${value} != ${wanted}`;
  const rule = METADATA.otherNamespace.id;
  return new CalicoctlError('usage', message, {
    fault: { rule, path: PATH, value, message: `does not match the client namespace: ${value} != ${wanted}` },
  });
}

/** The reference to one object, its namespace resolved. */
export function resolveRef(
  kind: Kind,
  name: string,
  given: string | undefined,
  choice: NamespaceChoice,
): Ref {
  const namespace = resolveNamespace(kind, given, choice);
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Two references to the same object have the same text. */
export function identity(ref: Ref): string {
  return formatRef(ref);
}
