import { Redactor } from './secrets/redactor.ts';

/** Text and objects without what nobody outside may see: keys, tokens, passwords (docs/node.md names all forms). */

export { REDACTED } from './redacted.ts';
export { redactObject } from './secrets/object.ts';

/** The text without secrets. Certificates become a description, everything else that is secret becomes REDACTED. */
export function redactText(text: string): string {
  const redactor = new Redactor();
  return redactor.push(text) + redactor.end();
}

/** The same of text that comes in pieces, of any length: a secret is found across pieces, and little is kept in memory. */
export async function* redactStream(
  chunks: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const redactor = new Redactor();
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const shown = redactor.push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    if (shown !== '') yield shown;
  }
  const rest = redactor.push(decoder.decode()) + redactor.end();
  if (rest !== '') yield rest;
}
