import { CalicoctlError } from '../../core/errors.ts';

/** The name under which the reference runs the template, as its messages show it. */
export const TEMPLATE_NAME = 'get';

/** A template that does not parse, or does not fit the data. */
export function templateError(message: string): CalicoctlError {
  return new CalicoctlError('usage', message);
}

/** `line:column` of an offset; lines from 1, columns in bytes from 0, as Go counts them. */
export function positionOf(source: string, offset: number): string {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return `${line}:${Buffer.byteLength(before.slice(lineStart))}`;
}
