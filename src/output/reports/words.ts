import { formatPath, formatPlace, formatProblem, formatValue } from '../../core/errors.ts';
import type { Finding } from '../../core/result.ts';

/** `file:line:column: field: value message [rule]`; a document that is no resource has no fields to name. */
export function placedWords(finding: Finding): string {
  if (finding.resource !== undefined) return formatProblem(finding);
  const { place, message, rule } = finding;
  // What is said of a file as a whole names it already.
  const isNamed = place === undefined || (place.line === undefined && message.includes(place.file));
  return `${isNamed ? '' : `${formatPlace(place)}: `}${message} [${rule}]`;
}

/** `Kind(name): field: value message`, for formats that tell place and rule by other means. */
export function words({ resource, path, value, message }: Finding): string {
  const field = resource === undefined || path.length === 0 ? undefined : formatPath(path);
  const shown = resource === undefined || value === undefined ? message : `${formatValue(value)} ${message}`;
  return [resource, field, shown].filter((part) => part !== undefined).join(': ');
}
