import { CalicoctlError } from '../core/errors.ts';
import { resolveRef } from '../operations/namespace.ts';
import type { Ref } from '../resources/kind.ts';
import { kindNamed } from '../resources/registry.ts';

export interface TargetInput {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The one object that a command line names by kind, name and namespace. */
export async function targetOf({ kind, name, namespace }: TargetInput): Promise<Ref> {
  if (name === '') throw new CalicoctlError('usage', 'resource name may not be empty');
  return resolveRef(await kindNamed(kind), name, undefined, namespace === undefined ? {} : { namespace });
}
