import { CalicoctlError, type Place } from '../../../core/errors.ts';

/** What somebody gave, under the name and at the place by which errors speak of it. Errors never hold the value itself. */
export interface Given<T = string> {
  readonly value: T;
  /** `user "admin": client-key-data`, `K8S_CERT_FILE`; with the path where the value names a file. */
  readonly name: string;
  readonly place?: Place;
}

/** A configuration error about something given: its name, then what is wrong with it. */
export function fault(
  given: Omit<Given<unknown>, 'value'>,
  message: string,
  details: { readonly hint?: string; readonly cause?: unknown } = {},
): CalicoctlError {
  const place = given.place === undefined ? {} : { place: given.place };
  return new CalicoctlError('configuration', `${given.name} ${message}`, { ...details, ...place });
}
