/** What API servers check of custom resources beyond their schema, in CEL, the Common Expression Language of Kubernetes. */
export interface Validation {
  /**
   * What must hold. Either the id of the kind's own rule that says the same to every datastore (its sentence is then
   * shown), or a sentence.
   */
  readonly says: string;
  /** The expression; `self` is the value that the schema is for. */
  readonly rule: string;
  /** How the API server classes the failure; its own choice where absent. */
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired';
}

export function invalid(says: string, rule: string): Validation {
  return { says, rule, reason: 'FieldValueInvalid' };
}

export function forbidden(says: string, rule: string): Validation {
  return { says, rule, reason: 'FieldValueForbidden' };
}

/** The text or list is absent or empty. */
export function empty(field: string): string {
  return `(!has(self.${field}) || size(self.${field}) == 0)`;
}

/** The text or list is there and has something in it. */
export function given(field: string): string {
  return `(has(self.${field}) && size(self.${field}) > 0)`;
}

/** The switch is absent or false. */
export function off(field: string): string {
  return `(!has(self.${field}) || !self.${field})`;
}

/** Selectors of objects, other than namespaceSelector of policy rules, cannot ask for what has no namespace. */
export function noGlobal(says: string, field: string): Validation {
  return invalid(says, `!has(self.${field}) || !self.${field}.contains('global(')`);
}
