/**
 * What SARIF 2.1.0 (OASIS) asks of the parts that our reports have, as a JSON Schema of our own: required properties,
 * types, words, and no property that the standard does not know.
 */

const object = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const list = (items: object, minItems = 0) => ({ type: 'array', items, minItems });
const positive = { type: 'integer', minimum: 1 };
const message = object({ text }, ['text']);
const help = object({ text, markdown: text }, ['text']);
const level = { enum: ['none', 'note', 'warning', 'error'] };
/** A relative reference, or an absolute URI: nothing that has to be percent-encoded. */
const uri = { type: 'string', pattern: "^(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2}|(?<=^[a-z]+):)+$" };
const artifactLocation = object({ uri }, ['uri']);
const region = object(
  { startLine: positive, startColumn: positive, endLine: positive, endColumn: positive },
  ['startLine'],
);

const rule = object(
  {
    id: text,
    shortDescription: message,
    fullDescription: message,
    help,
    defaultConfiguration: object({ level }),
  },
  ['id'],
);

const replacement = object({ deletedRegion: region, insertedContent: message }, ['deletedRegion']);
const artifactChange = object({ artifactLocation, replacements: list(replacement, 1) }, [
  'artifactLocation',
  'replacements',
]);

const result = object(
  {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: -1 },
    level,
    message,
    locations: list(
      object({
        physicalLocation: object({ artifactLocation, region }, ['artifactLocation']),
        logicalLocations: list(
          object({
            fullyQualifiedName: text,
            // Words of the standard for parts of a document.
            kind: { enum: ['object', 'array', 'property', 'value'] },
          }),
        ),
      }),
    ),
    partialFingerprints: { type: 'object', additionalProperties: text },
    fixes: list(
      object({ description: message, artifactChanges: list(artifactChange, 1) }, ['artifactChanges']),
    ),
  },
  ['message'],
);

const driver = object({ name: text, version: text, semanticVersion: text, rules: list(rule) }, ['name']);

export const SARIF_SHAPE = object(
  {
    $schema: text,
    version: { const: '2.1.0' },
    runs: list(
      object(
        {
          tool: object({ driver }, ['driver']),
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: list(result),
        },
        ['tool'],
      ),
    ),
  },
  ['version', 'runs'],
);
