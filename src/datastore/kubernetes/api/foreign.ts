/** Answers that no API server gives: of a proxy, a log-in page, another service. */
import type { Answer } from '../http/request.ts';
import { at, type Server, type Told } from './status.ts';

const SHOWN_CHARACTERS = 80;

/** Undefined where nothing is foreign about the answer but its lack of a Status. */
export function foreign(server: Server, answer: Answer): Told | undefined {
  const { status, text } = answer;
  const from = `the address is from ${server.origin}`;
  if (status >= 300 && status < 400) return redirect(server, answer);
  if (status === 407) {
    return {
      errorClass: 'unavailable',
      message: `${at(server)} the proxy asks for a user and a password, or refuses those given`,
      hint: 'Give them in the URL of the proxy: http://user:password@host:port.',
    };
  }
  if (/HTTP request to an HTTPS server/.test(text)) {
    const hint = `Is https:// meant instead of http://? The address is from ${server.origin}.`;
    return { errorClass: 'unavailable', message: `${at(server)} it speaks TLS`, hint };
  }
  if (status === 401 || status === 429) return undefined;
  return {
    errorClass: status >= 500 ? 'unavailable' : 'datastore',
    message: `${at(server)} it answers status ${status} with ${formOf(answer)}, not as an API server does${beginning(text)}`,
    hint: `Something in between may have answered, or this is no API server; ${from}.`,
  };
}

function redirect(server: Server, { headers }: Answer): Told {
  // Query and user may hold secrets.
  const to = headers.location?.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//');
  return {
    errorClass: 'unavailable',
    message: `${at(server)} it redirects${to ? ` to ${to}` : ''}, which is not followed`,
    hint: `Is this the address of a log-in page or of another service? It is from ${server.origin}.`,
  };
}

/** Content type and coding. */
export function formOf({ headers }: Answer): string {
  const type = headers['content-type']?.split(';')[0] ?? 'no content type';
  const coding = codingOf({ headers });
  return coding === undefined ? type : `${type}, ${coding} encoded`;
}

/** How the body is compressed, though nobody asked for it. */
export function codingOf({ headers }: Pick<Answer, 'headers'>): string | undefined {
  const coding = headers['content-encoding'];
  return coding === 'identity' ? undefined : coding;
}

/** The first words that a reader would see, quoted; nothing where there are none. */
export function beginning(text: string): string {
  const words = text
    .slice(0, 100 * SHOWN_CHARACTERS)
    .replace(/<(script|style)[^>]*>.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (words === '') return '';
  return `: ${JSON.stringify(words.slice(0, SHOWN_CHARACTERS))}`;
}
