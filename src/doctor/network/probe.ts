import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type Head, headOf } from './http.ts';
import { type Tried, tried } from './tried.ts';

/**
 * What is seen of a server on the way to it, layer by layer as it is seen. Nothing secret is sent, and no certificate of
 * ours. No promise is ever rejected; one is undefined where the layer below failed.
 */
export interface Probe {
  /** `host:port`. */
  readonly server: string;
  readonly host: string;
  readonly isName: boolean;
  readonly secure: boolean;
  readonly name: Layer<readonly string[]>;
  readonly port: Layer<string>;
  readonly tls: Layer<Certificate>;
  /** The head of an answer to a request that nobody need be known for. */
  readonly head: Layer<Head>;
}

export type Layer<T> = Promise<Tried<T> | undefined>;

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** As `Date.parse` reads them. */
  readonly from: string;
  readonly to: string;
  readonly names: string;
  readonly protocol: string;
}

/** A layer that is silent is given up after so long. */
const LIMIT_MS = 5000;

/** Tries the layers one after the other; those above one that fails are not tried. */
export function probe(url: URL, limitMs = LIMIT_MS): Probe {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (secure ? 443 : 80));
  const name = tried(limitMs, async () => (await lookup(host, { all: true })).map((each) => each.address));
  const opened = above(name, () => tried(limitMs, () => openTcp(host, port, limitMs)));
  const shaken = above(opened, async (socket) =>
    secure ? tried(limitMs, () => openTls(socket, host, limitMs)) : undefined,
  );
  return {
    ...{ server: `${url.hostname}:${port}`, host, isName: isIP(host) === 0, secure, name },
    port: told(opened, (socket) => socket.remoteAddress ?? host),
    tls: told(shaken, certificateOf),
    head: above<Socket, Head>(secure ? shaken : opened, (socket) => lastly(socket, host, limitMs)),
  };
}

async function above<T, U>(layer: Layer<T>, next: (below: T) => Layer<U>): Layer<U> {
  const below = await layer;
  return below === undefined || 'error' in below ? undefined : next(below.value);
}

async function told<T, U>(layer: Layer<T>, what: (value: T) => U): Layer<U> {
  const seen = await layer;
  return seen === undefined || 'error' in seen ? seen : { took: seen.took, value: what(seen.value) };
}

/** Nobody uses the connection afterwards. */
async function lastly(socket: Socket, host: string, limitMs: number): Promise<Tried<Head>> {
  const head = await headOf(socket, host, limitMs);
  socket.destroy();
  return head;
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
    shaken.once('close', () => {
      socket.destroy();
      reject(new Error('it hung up'));
    });
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
