import type * as Type from 'typebox/type';
import type { Validation } from './cel.ts';

/** What JSON Schema cannot say of a field; carried by its schema under a symbol. */

/** How the Go type writes the field: left out when empty, kept when given (a pointer), or always written. */
export type Presence = 'omitempty' | 'pointer' | 'always';

/** Value forms of Calico that are more than their JSON type; decode.ts reads them into their normal form. */
export type Form =
  | 'port' // number, "n", "a:b" or a name
  | 'protocol' // number or name
  | 'asn' // number, "number" or "high.low"
  | 'duration' // Go duration text
  | 'dscp' // number or name
  | 'uint64' // exact, above 2^53 as BigInt
  | 'int32'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'float'
  | 'time' // RFC 3339
  | 'intOrString' // a number of 32 bits or any text
  | 'any'; // kept as it is

export interface Annotation {
  readonly doc: string;
  readonly presence: Presence;
  readonly form?: Form;
  /** Struct name as the reference prints it in `decode` errors and templates, where it is not derived. */
  readonly goName?: string;
  /** Value that components assume when the field is absent; never written. For `explain` only. */
  readonly assumed?: string;
  /** Pattern in Go's syntax where the checked one had to be rewritten for JavaScript. */
  readonly goPattern?: string;
  /** A list that the API server keeps free of duplicates. */
  readonly set?: boolean;
  /** Keywords that the field's schema has in the custom resource definition only; `undefined` takes one away. */
  readonly crd?: Readonly<Record<string, unknown>>;
  /** Further such keywords for the group crd.projectcalico.org, whose IPAM definitions are looser. */
  readonly crdV1?: Readonly<Record<string, unknown>>;
  /** What API servers check of the field besides. */
  readonly cel?: readonly Validation[];
}

export const ANNOTATION = Symbol('annotation');

type Annotated = { readonly [ANNOTATION]?: Annotation };

/** What a field's declaration says beyond JSON Schema. */
export function annotationOf(schema: Type.TSchema): Annotation {
  return (schema as Annotated)[ANNOTATION] ?? { doc: '', presence: 'omitempty' };
}
