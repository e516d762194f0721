import type { Examples } from '../resources/jsonschema-document.ts';
import { annotationOf } from '../resources/schema.ts';
import { allRules } from '../validation/rulebook/index.ts';
import { exampleOf } from './example.ts';
import { rootOf } from './fields.ts';
import { knownManifests } from './known.ts';
import { samplesOf } from './samples.ts';

/** More would only be in the way where an editor offers them. */
const MOST = 2;

/** Examples for JSON Schemas: a manifest for each kind, values for fields of a form or a format. */
export async function schemaExamples(): Promise<Examples> {
  const rules = await allRules();
  return {
    manifest: (kind) => exampleOf(rootOf(kind), knownManifests(kind, rules)),
    samples(schema) {
      const { format, pattern, enum: words } = schema as Readonly<Record<string, unknown>>;
      const { form } = annotationOf(schema);
      const formed =
        format !== undefined || pattern !== undefined || (form !== undefined && !/int|any|float/.test(form));
      return formed && words === undefined ? samplesOf(schema).slice(0, MOST) : [];
    },
  };
}
