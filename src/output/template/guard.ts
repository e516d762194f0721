import { FAILSAFE_SCHEMA, loadAll } from 'js-yaml';
import { templateError } from './error.ts';
import type { Rendered } from './execute.ts';

/** YAML without its scalars: only how sequences and maps nest. */
type Structure = 'scalar' | readonly Structure[] | { readonly map: readonly string[] };

/**
 * Refuses output whose YAML structure depends on what the resources' strings hold: a value like `a: b` must not turn a
 * text into a map in the hands of whoever reads the output. The output is compared with the one where every such string
 * is an innocent word. Where even that one is no YAML, the output is not meant as such and goes through: the reference
 * refuses it, and with it most ordinary templates.
 */
export function refuseInjection({ real, shadow }: Rendered): void {
  if (real === shadow) return;
  const meant = structureOf(shadow);
  if (meant === undefined) return;
  if (JSON.stringify(structureOf(real)) === JSON.stringify(meant)) return;
  throw templateError(
    'YAML injection detected: a value of the resources changes the structure of the output. ' +
      'Quote it in the template, for example with {{printf "%q" …}}, or wrap it in {{StructuralData …}}.',
  );
}

function structureOf(text: string): Structure | undefined {
  try {
    return loadAll(text, { schema: FAILSAFE_SCHEMA }).map(reduce);
  } catch {
    return undefined;
  }
}

function reduce(value: unknown): Structure {
  if (Array.isArray(value)) return value.map(reduce);
  if (typeof value === 'object' && value !== null) {
    // Keys that look like numbers come first in an object, wherever they stood in the text.
    const values = Object.values(value).map((item) => JSON.stringify(reduce(item)));
    return { map: values.sort() };
  }
  return 'scalar';
}
