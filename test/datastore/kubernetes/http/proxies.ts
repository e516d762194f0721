import { createServer, request as send } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { certificates } from './servers.ts';

/** Proxies that count what goes through them. */
export interface TestProxy extends AsyncDisposable {
  readonly host: string;
  /** Lines as `CONNECT host:port` or `GET http://…`, in order. */
  readonly seen: string[];
}

interface ProxyOptions {
  /** `user:password` that must be shown. */
  readonly login?: string;
  readonly tls?: boolean;
  /** Status that every CONNECT is answered with. */
  readonly refuse?: number;
}

async function started(server: Server, seen: string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const socket of [one, other]) {
    socket.on('error', () => {});
    socket.on('close', () => {
      one.destroy();
      other.destroy();
    });
  }
}

export async function httpProxy({ login, tls, refuse }: ProxyOptions = {}): Promise<TestProxy> {
  const seen: string[] = [];
  const isWelcome = (authorization: string | undefined) =>
    login === undefined || authorization === `Basic ${Buffer.from(login).toString('base64')}`;
  const { certificate: cert, key } = certificates.server;
  const server = tls ? createTlsServer({ cert, key }) : createServer();
  server.on('connect', (request, socket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    const answer = (line: string) => socket.write(`HTTP/1.1 ${line}\r\n\r\n`);
    if (!isWelcome(request.headers['proxy-authorization'])) return answer('407 Log in');
    if (refuse !== undefined) return answer(`${refuse} No way`);
    const [host, port] = request.url!.split(':');
    const target = connect(Number(port), host, () => {
      answer('200 Connected');
      join(socket, target);
    });
    return undefined;
  });
  server.on('request', (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (!isWelcome(request.headers['proxy-authorization'])) {
      response.writeHead(407).end('log in');
      return;
    }
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = send(request.url!, { method: request.method!, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  return started(server as unknown as Server, seen);
}

/** SOCKS 5 with names only, as far as a client can see. */
export async function socksProxy(login?: string): Promise<TestProxy> {
  const { createServer: createTcpServer } = await import('node:net');
  const seen: string[] = [];
  const server = createTcpServer(async (socket) => {
    socket.on('error', () => {});
    const next = () => new Promise<Buffer>((done) => socket.once('data', done));
    const methods = (await next()).subarray(2);
    const method = login === undefined ? 0 : 2;
    if (!methods.includes(method)) return socket.end(Buffer.from([5, 255]));
    socket.write(Buffer.from([5, method]));
    if (login !== undefined) {
      const message = await next();
      const user = message.subarray(2, 2 + message[1]!).toString();
      const password = message.subarray(3 + message[1]!).toString();
      const isWelcome = `${user}:${password}` === login;
      socket.write(Buffer.from([1, isWelcome ? 0 : 1]));
      if (!isWelcome) return undefined;
    }
    const wish = await next();
    const host = wish.subarray(5, 5 + wish[4]!).toString();
    const port = wish.readUInt16BE(5 + wish[4]!);
    seen.push(`SOCKS ${host}:${port}`);
    const target = connect(port, host);
    target.on('error', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
    target.on('connect', () => {
      socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      join(socket, target);
    });
    return undefined;
  });
  return started(server, seen);
}
