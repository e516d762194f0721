import type { Metadata } from '../resources/kind.ts';

/** A CustomResourceDefinition of an API server; fields that are not named here are kept. */
export interface DefinitionObject {
  readonly metadata: Metadata;
  readonly spec: DefinitionSpec;
  readonly status?: { readonly conditions?: readonly DefinitionCondition[] };
  readonly [field: string]: unknown;
}

export interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly shortNames?: readonly string[]; readonly [field: string]: unknown };
  readonly versions: readonly DefinitionVersion[];
  readonly [field: string]: unknown;
}

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: DefinitionSchema };
  readonly [field: string]: unknown;
}

/** OpenAPI v3, as far as this program looks into it. */
export interface DefinitionSchema {
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, DefinitionSchema>>;
  readonly items?: DefinitionSchema;
  readonly additionalProperties?: DefinitionSchema;
  readonly 'x-kubernetes-validations'?: readonly {
    readonly rule: string;
    readonly [field: string]: unknown;
  }[];
  readonly [keyword: string]: unknown;
}

export interface DefinitionCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The definitions behind a datastore whose kinds have to be defined first. Operations throw as those of Datastore do;
 * `unauthorized` names what is missing.
 */
export interface Definitions {
  /** Undefined where there is none of this name. */
  get(name: string): Promise<DefinitionObject | undefined>;
  /** `already-exists` where there is one. */
  create(definition: DefinitionObject): Promise<DefinitionObject>;
  /** `metadata.resourceVersion` is required; `conflict` unless it is the stored one. */
  update(definition: DefinitionObject): Promise<DefinitionObject>;
  /** Whether resources of the API group can be asked for; that is so a moment after its first definition. */
  served(group: string): Promise<boolean>;
}
