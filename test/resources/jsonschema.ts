import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Kind } from '../../src/resources/kind.ts';
import { allKinds } from '../../src/resources/registry.ts';

/** Kinds that manifests may have. */
export async function writtenKinds(): Promise<readonly Kind[]> {
  const kinds = await Promise.all(allKinds().map(async (entry) => (await entry.load()).default));
  return kinds.filter(({ internal, madeOf }) => !internal && madeOf === undefined);
}

/** The verdict of a validator that others wrote, in its strictest mode: it takes no keyword that it does not know. */
export function compiled(schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  ajv.addVocabulary(['x-calicoctl-rules', 'x-calicoctl-format', 'patternErrorMessage', 'deprecationMessage']);
  return ajv.compile(schema);
}

/** What the validator has against a value; empty where it accepts it. */
export function faultsOf(validate: ValidateFunction, value: unknown): readonly string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
