import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { headOf } from './http.ts';

/** What is seen of a server on the way to it, layer by layer. Nothing secret is sent, and no certificate of ours. */
export interface Probe {
  /** `host:port`. */
  readonly server: string;
  readonly host: string;
  readonly isName: boolean;
  readonly secure: boolean;
  readonly name: Tried<readonly string[]>;
  readonly port?: Tried<string>;
  readonly tls?: Tried<Certificate>;
  /** The head of an answer to a request that nobody need be known for; a silent server is waited for here alone. */
  readonly head?: Promise<Tried<Head>>;
}

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** As `Date.parse` reads them. */
  readonly from: string;
  readonly to: string;
  readonly names: string;
  readonly protocol: string;
}

export interface Head {
  readonly status: number;
  /** The clock of the server when it answered, as `Date.now()`. */
  readonly date?: number;
  /** Ours, halfway between asking and hearing. */
  readonly at: number;
}

/** What came of a layer, and after how many milliseconds. */
export type Tried<T> =
  | { readonly took: number; readonly value: T }
  | { readonly took: number; readonly error: string };

/** A layer that is silent is given up after so long. */
const LIMIT_MS = 5000;

/** Tries the layers one after the other; those above one that fails are not tried. */
export async function probe(url: URL, limitMs = LIMIT_MS): Promise<Probe> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (secure ? 443 : 80));
  const known = { server: `${url.hostname}:${port}`, host, isName: isIP(host) === 0, secure };
  const name = await tried(limitMs, async () =>
    (await lookup(host, { all: true })).map((each) => each.address),
  );
  if ('error' in name) return { ...known, name };
  const opened = await tried(limitMs, () => openTcp(host, port, limitMs));
  if ('error' in opened) return { ...known, name, port: opened };
  const reached = { took: opened.took, value: opened.value.remoteAddress ?? host };
  if (!secure) return { ...known, name, port: reached, head: lastly(opened.value, host, limitMs) };
  const shaken = await tried(limitMs, () => openTls(opened.value, host, limitMs));
  if ('error' in shaken) {
    opened.value.destroy();
    return { ...known, name, port: reached, tls: shaken };
  }
  const tls = { took: shaken.took, value: certificateOf(shaken.value) };
  return { ...known, name, port: reached, tls, head: lastly(shaken.value, host, limitMs) };
}

/** Nobody uses the connection afterwards. */
async function lastly(socket: Socket, host: string, limitMs: number): Promise<Tried<Head>> {
  const head = await headOf(socket, host, limitMs);
  socket.destroy();
  return head;
}

export async function tried<T>(limitMs: number, work: () => Promise<T>): Promise<Tried<T>> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000}s`)), limitMs);
  });
  try {
    const value = await Promise.race([work(), late]);
    return { took: performance.now() - start, value };
  } catch (error) {
    return { took: performance.now() - start, error: wordsOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'connection refused: nothing listens there',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to its network',
  ECONNRESET: 'it hung up',
  ETIMEDOUT: 'no answer',
};

function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}

function openTcp(host: string, port: number, limitMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port });
    socket.setTimeout(limitMs, () => socket.destroy(new Error(`no answer within ${limitMs / 1000}s`)));
    socket.once('connect', () => resolve(socket));
    // Also later: nobody else listens.
    socket.on('error', reject);
  });
}

/** The certificate is to be seen, whatever is wrong with it: it is verified where requests are made. */
function openTls(socket: Socket, host: string, limitMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const shaken = connectTls({ socket, rejectUnauthorized: false, ...name });
    shaken.setTimeout(limitMs, () => shaken.destroy(new Error(`no answer within ${limitMs / 1000}s`)));
    shaken.once('secureConnect', () => resolve(shaken));
    shaken.on('error', reject);
    shaken.once('close', () => reject(new Error('it hung up')));
  });
}

function certificateOf(socket: TLSSocket): Certificate {
  const { subject, issuer, valid_from, valid_to, subjectaltname = '' } = socket.getPeerCertificate();
  const named = (name: unknown) => {
    const { CN, O } = (name ?? {}) as { readonly CN?: string | string[]; readonly O?: string | string[] };
    return [CN ?? O ?? ''].flat().join(', ');
  };
  return {
    subject: named(subject),
    issuer: named(issuer),
    from: valid_from ?? '',
    to: valid_to ?? '',
    names: subjectaltname,
    protocol: socket.getProtocol() ?? '',
  };
}
