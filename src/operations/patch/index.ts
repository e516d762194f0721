import { CalicoctlError, formatValue } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { applyJsonPatch } from './jsonpatch.ts';
import { applyMergePatch } from './mergepatch.ts';
import { applyStrategicPatch } from './strategic.ts';
import { findSyntaxFault, lineAndColumn } from './syntax.ts';

/** The kinds of patch: Kubernetes strategic merge patch, RFC 6902, RFC 7386. */
export const PATCH_TYPES = ['strategic', 'json', 'merge'] as const;
export type PatchType = (typeof PATCH_TYPES)[number];

/** The patch type of that name; a `usage` error that lists them all where there is none. */
export function patchTypeNamed(name: string): PatchType {
  const type = PATCH_TYPES.find((known) => known === name);
  if (type) return type;
  throw new CalicoctlError(
    'usage',
    `unknown patch type ${JSON.stringify(name)}: it must be one of ${PATCH_TYPES.join(', ')}`,
  );
}

/**
 * The document after the patch, which is JSON text (YAML is refused, as in the reference). The document is not changed.
 * Errors: `input` for text that is not JSON (with its line and column), for the wrong shape and for a patch that
 * cannot be applied; `usage` for an unknown type.
 */
export function applyPatch(type: PatchType, document: Json, patchText: string): Json {
  const known = patchTypeNamed(type);
  const patch = parsePatch(patchText);
  if (known === 'json') {
    if (!Array.isArray(patch)) throw wrongShape('a JSON patch is a list of operations', patch);
    return applyJsonPatch(document, patch);
  }
  // Go decodes null into an empty map, so the reference takes it for a patch that changes nothing.
  if (known === 'strategic' && patch === null) return document;
  if (!isObject(patch)) throw wrongShape(`a ${known} patch is an object`, patch);
  if (known === 'merge') return applyMergePatch(document, patch as JsonObject);
  return applyStrategicPatch(isObject(document) ? (document as JsonObject) : {}, patch as JsonObject);
}

function parsePatch(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    const fault = findSyntaxFault(text);
    throw new CalicoctlError('input', `invalid JSON document${fault ? `: ${fault.reason}` : ''}`, {
      ...(fault && { place: { file: '--patch', ...lineAndColumn(text, fault.offset) } }),
      cause,
    });
  }
}

function wrongShape(wanted: string, patch: Json): CalicoctlError {
  return new CalicoctlError('input', `invalid JSON document: ${wanted}, not ${formatValue(patch)}`, {
    place: { file: '--patch', line: 1, column: 1 },
  });
}
