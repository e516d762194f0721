import type * as JsYaml from 'js-yaml';

/**
 * YAML as Go's reader of Calico manifests takes it (YAML 1.1 words such as `yes`), with three differences: a date is
 * text, `11:22:33` is text and not a number to base 60, and whole numbers are exact, beyond 2^53 as BigInt.
 */
export interface Yaml {
  /** Throws YAMLException. */
  load(text: string): unknown;
  dump(value: unknown): string;
  readonly js: typeof JsYaml;
}

/** Expanding nested aliases can blow a small file up to any size; manifests have next to none. */
const MAX_ALIASES = 20;

let loaded: Promise<Yaml> | undefined;

/** Loads js-yaml when it is first needed. */
export function loadYaml(): Promise<Yaml> {
  loaded ??= import('js-yaml').then(build);
  return loaded;
}

function build(js: typeof JsYaml): Yaml {
  const whole = wholeNumber(js);
  const schema = new js.Schema([
    ...js.FAILSAFE_SCHEMA.tags,
    js.nullYaml11Tag,
    js.boolYaml11Tag,
    whole,
    finiteNumber(js),
    js.mergeTag,
  ]);
  const written = js.DUMP_SCHEMA.withTags(bigIntegers(js));
  return {
    js,
    load: (text) => js.load(text, { schema, maxAliases: MAX_ALIASES }),
    dump: (value) => js.dump(value, { schema: written, lineWidth: -1, noRefs: true, skipInvalid: true }),
  };
}

function wholeNumber(js: typeof JsYaml): JsYaml.ScalarTagDefinition {
  return js.defineScalarTag<number | bigint>(js.intYaml11Tag.tagName, {
    ...js.intYaml11Tag,
    resolve(source, isExplicit, tagName) {
      if (source.includes(':')) return js.NOT_RESOLVED;
      const value = js.intYaml11Tag.resolve(source, isExplicit, tagName);
      return value === js.NOT_RESOLVED || Number.isSafeInteger(value) ? value : exact(source);
    },
  });
}

/** A whole number in any of the notations of YAML 1.1 but the sexagesimal one. */
function exact(source: string): bigint {
  const digits = source.replaceAll('_', '').replace(/^[-+]/, '');
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return source.startsWith('-') ? -value : value;
}

/** JSON has no infinities: `.inf` and `.nan` are text. */
function finiteNumber(js: typeof JsYaml): JsYaml.ScalarTagDefinition {
  return js.defineScalarTag<number>(js.floatCoreTag.tagName, {
    ...js.floatCoreTag,
    resolve(source, isExplicit, tagName) {
      const value = js.floatCoreTag.resolve(source, isExplicit, tagName);
      return typeof value === 'number' && !Number.isFinite(value) ? js.NOT_RESOLVED : value;
    },
  });
}

function bigIntegers(js: typeof JsYaml): JsYaml.ScalarTagDefinition {
  const whole = js.DUMP_SCHEMA.lookupScalarTag(js.intYaml11Tag.tagName) ?? js.intYaml11Tag;
  return {
    ...whole,
    identify: (value: unknown) => typeof value === 'bigint' || whole.identify(value),
    represent: (value: unknown) => (typeof value === 'bigint' ? String(value) : whole.represent(value)),
  };
}
