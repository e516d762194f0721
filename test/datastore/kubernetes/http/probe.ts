import { formatError } from '../../../../src/core/errors.ts';
import { HttpClient } from '../../../../src/datastore/kubernetes/http/client.ts';

/**
 * A program for either run-time: makes one request for each probe given as JSON on standard input, prints what came of
 * each as JSON, and leaves its clients open, for idle connections must not keep a process alive.
 */
export interface Probe {
  readonly server: string;
  readonly ca?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
  readonly proxy?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly method?: 'GET' | 'POST';
  /** Requests made one after another; the result is that of the last. */
  readonly times?: number;
  readonly requestTimeoutMs?: number;
}

async function run({
  server,
  proxy,
  certificate,
  method = 'GET',
  times = 1,
  ...probe
}: Probe): Promise<string> {
  const http = new HttpClient(
    {
      insecure: false,
      ...probe,
      server: new URL(server),
      ...(proxy !== undefined && { proxy: new URL(proxy) }),
      origin: 'the test',
      credentials: async () => ({ authorization: 'Bearer secret', ...(certificate && { certificate }) }),
      refresh: () => false,
    },
    { signal: new AbortController().signal, burst: 1, requestTimeoutMs: probe.requestTimeoutMs ?? 3000 },
  );
  try {
    let last = '';
    for (let time = 0; time < times; time++) {
      const body = method === 'POST' ? { body: '{}' } : {};
      const { status, text } = await http.send({ method, path: '/x', ...body });
      last = `${status} ${text}`;
    }
    return last;
  } catch (error) {
    const { mayBeDone = false } = (error as { details?: { mayBeDone?: boolean } }).details ?? {};
    return `${formatError(error)}${mayBeDone ? ' [may be done]' : ''}`;
  }
}

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const probes: Record<string, Probe> = JSON.parse(input);
const results = await Promise.all(
  Object.entries(probes).map(async ([name, probe]) => [name, await run(probe)] as const),
);
console.log(JSON.stringify(Object.fromEntries(results)));
