import { CalicoctlError } from '../core/errors.ts';
import { formatRef, type Kind, type Ref } from '../resources/kind.ts';

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
    if (given) {
      throw new CalicoctlError(
        'usage',
        `namespace should not be specified for a non-namespaced resource: ${kind.kind} is not a namespaced resource`,
      );
    }
    if (namespace !== '' || allNamespaces) {
      throw new CalicoctlError(
        'usage',
        `${kind.kind} is not namespaced: leave out --namespace and --all-namespaces`,
      );
    }
    return undefined;
  }
  if (allNamespaces && namespace !== '') {
    throw new CalicoctlError(
      'usage',
      'cannot use both --namespace and --all-namespaces flags at the same time',
    );
  }
  if (allNamespaces) return undefined;
  if (given && namespace !== '' && given !== namespace) {
    throw new CalicoctlError(
      'usage',
      `resource namespace does not match client namespace: ${given} != ${namespace}`,
    );
  }
  return given || namespace || 'default';
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
