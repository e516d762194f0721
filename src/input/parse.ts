import { type Json, parseJson } from '../core/json.ts';
import { constructYaml } from './construct.ts';
import { MAX_DEPTH } from './fault.ts';
import type { RawDocument } from './raw.ts';

const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/**
 * The value of one document; undefined where it has no content. Text that is JSON takes a way three times as fast as
 * YAML's. Throws CalicoctlError of class `input`.
 */
export function parseDocument(raw: RawDocument): unknown {
  const value = raw.json === undefined ? undefined : strictJson(raw);
  return value === undefined ? constructYaml(raw) : value;
}

/** Undefined for anything that YAML should judge: no JSON, a key given twice, a number out of range. */
function strictJson({ text, json }: RawDocument): Json | undefined {
  const { start, pairs, deepest } = json!;
  if (deepest > MAX_DEPTH) return undefined;
  let value: Json;
  try {
    value = parseJson(start === 0 ? text : text.slice(start));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  // JSON.parse keeps the last of two equal keys without a word; then fewer keys than colons remain.
  return pairsIn(value) === pairs ? value : undefined;
}

/** Key-value pairs at all levels; NaN where a number is one that JSON text may hold but the reference reads otherwise. */
function pairsIn(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value === 'bigint') return value >= MIN_INT64 && value <= MAX_UINT64 ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let pairs = 0;
  if (Array.isArray(value)) {
    for (const item of value) pairs += pairsIn(item);
    return pairs;
  }
  for (const key of Object.keys(value)) pairs += 1 + pairsIn((value as Record<string, unknown>)[key]);
  return pairs;
}
