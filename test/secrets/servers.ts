import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createGrpc, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { issue } from '../../scripts/testbed/certificates.mjs';

/** Servers that repeat whatever they are told, secrets and all, in every place of an answer. */

export interface Echo {
  readonly port: number;
  stop(): Promise<void>;
}

async function listening(server: Server): Promise<Echo> {
  const sockets = new Set<{ destroy(): unknown }>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const authority = issue({ commonName: 'an authority' });
/** Trusts the API server below. */
export const AUTHORITY = authority.certificate;
const own = issue({ commonName: 'echo', issuer: authority, names: ['127.0.0.1', 'localhost'] });

type Answer = (said: string, response: ServerResponse) => void;

function json(status: number, body: (said: string) => object): Answer {
  return (said, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, ...body(said), code: status }),
    );
  };
}

function text(
  status: number,
  headers: (said: string) => Record<string, string>,
  body = (said: string) => said,
): Answer {
  return (said, response) => {
    response.writeHead(status, headers(said));
    response.end(body(said));
  };
}

const refusal = (reason: string) => (said: string) => ({ status: 'Failure', reason, message: `no: ${said}` });
const field = (said: string) => ({
  ...refusal('Invalid')(said),
  details: {
    kind: 'x',
    name: said,
    causes: [
      {
        reason: 'FieldValueInvalid',
        field: `spec.${said.replace(/\W/g, '')}`,
        message: `Invalid value: ${JSON.stringify(said)}: no`,
      },
      { reason: 'FieldValueInvalid', field: 'spec', message: said },
    ],
  },
});

/** The first word of the path chooses one. */
export const KUBE_ANSWERS: Readonly<Record<string, Answer>> = {
  internal: json(500, refusal('InternalError')),
  forbidden: json(403, refusal('Forbidden')),
  bad: json(400, refusal('BadRequest')),
  unknown: json(401, refusal('Unauthorized')),
  missing: json(404, (said) => ({
    ...refusal('NotFound')(said),
    details: { kind: 'namespaces', name: said },
  })),
  invalid: json(422, field),
  unavailable: json(503, refusal('ServiceUnavailable')),
  plain: text(500, () => ({ 'Content-Type': 'text/plain' })),
  page: text(
    200,
    () => ({ 'Content-Type': 'text/html' }),
    (said) => `<h1>${said}</h1>`,
  ),
  redirect: text(302, (said) => ({ Location: `https://login.example/${encodeURIComponent(said)}` })),
  form: text(502, (said) => ({ 'Content-Type': Buffer.from(said).toString('latin1') })),
  object: json(200, (said) => ({ kind: 'Odd', metadata: { name: said }, items: said })),
};

/** What was shown to it, in the codings in which gateways repeat it. */
function shown({ headers, url }: IncomingMessage): string {
  const { authorization = '' } = headers;
  const [scheme = '', value = ''] = authorization.split(' ');
  const plain = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString() : value;
  return `${value} ${plain} ${JSON.stringify({ url, authorization, proxy: headers['proxy-authorization'] })}`;
}

export async function echoingApiServer(): Promise<Echo> {
  const tls = { cert: own.certificate, key: own.key, requestCert: true, rejectUnauthorized: false };
  const server = createTls(tls, (request, response) => {
    const [, word = ''] = request.url!.split('/');
    const answer = KUBE_ANSWERS[word] ?? KUBE_ANSWERS['internal']!;
    answer(shown(request), response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket) =>
    socket.end(
      `HTTP/1.1 500 ${request.headers.authorization}\r\nContent-Type: text/plain\r\n\r\n${shown(request)}`,
    ),
  );
  return listening(server);
}

/** An etcd over plain gRPC whose every answer is a fault; where `token` is given, after a log-in that gives it. */
export async function echoingEtcd(token?: string): Promise<Echo> {
  const server = createGrpc();
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const answer = () => {
      if (stream.destroyed || stream.headersSent) return;
      const isLogin = String(headers[':path']).endsWith('/Authenticate');
      const said = `${Buffer.concat(chunks)
        .toString('utf8')
        .replace(/\p{Cc}/gu, ' ')} ${headers['token'] ?? ''}`;
      const trailers =
        isLogin && token !== undefined
          ? { 'grpc-status': '0' }
          : { 'grpc-status': '13', 'grpc-message': encodeURIComponent(said) };
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end(isLogin && token !== undefined ? loginAnswer(token) : undefined);
    };
    stream.on('end', answer);
    // A watch never ends what it says.
    setTimeout(answer, 200).unref();
  });
  return listening(server as unknown as Server);
}

/** AuthenticateResponse with its second field, in a frame of gRPC. */
function loginAnswer(token: string): Buffer {
  const message = Buffer.concat([Buffer.from([0x12, token.length]), Buffer.from(token)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** What a proxy says to a CONNECT; the user of its URL chooses one. */
const PROXY_ANSWERS: Readonly<Record<string, (said: string) => string>> = {
  login: (said) => `HTTP/1.1 407 ${said}\r\nProxy-Authenticate: Basic realm="${said}"\r\n\r\n${said}`,
  gateway: (said) => `HTTP/1.1 502 ${said}\r\n\r\n${said}`,
  forbidden: (said) => `HTTP/1.1 403 ${said}\r\nX: ${said}\r\n\r\n${said}`,
  nonsense: (said) => `${said}\r\n\r\n`,
};
export const PROXY_USERS = Object.keys(PROXY_ANSWERS);

export async function echoingProxy(): Promise<Echo> {
  const server = createTcp((socket) => {
    let head = '';
    socket.on('data', (bytes: Buffer) => {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const code = /^proxy-authorization: basic (\S+)/im.exec(head)?.[1] ?? '';
      const [user = '', ...rest] = Buffer.from(code, 'base64').toString().split(':');
      // Printable, as a status line has to be.
      const said = `${code} ${encodeURIComponent(rest.join(':'))}`;
      socket.end((PROXY_ANSWERS[user] ?? PROXY_ANSWERS['nonsense']!)(said));
    });
  });
  return listening(server);
}
