import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumBinary } from '../../scripts/testbed/chromium-binary.mjs';

/** A real browser without a window, driven by its DevTools protocol (docs/adr/0013-browser-tests.md). */

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
  ...['--no-default-browser-check', '--mute-audio', '--hide-scrollbars', '--force-device-scale-factor=1'],
  ...['--remote-debugging-port=0', '--window-size=1400,900'],
];

export interface Page {
  /** Every URL that was asked for, the page's own among them. */
  readonly requests: readonly string[];
  /** What the console was told, uncaught errors and breaches of the page's policy among it. */
  readonly console: readonly string[];
  send(method: string, parameters?: object): Promise<Record<string, unknown>>;
  /** The value of an expression in the page; a promise is waited for. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until the expression is true. */
  until(expression: string): Promise<void>;
  /** PNG of what is seen. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Browser {
  /** Opens a page and gives back control before it is loaded. */
  open(url: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page>;
  stop(): Promise<void>;
}

export async function startChromium(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'calicoctl-chromium-'));
  const child = spawn(chromiumBinary(), [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: 'ignore',
    // Ends with its whole family: the browser is a dozen processes.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    killFamily(child);
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const wire = await connect(await debuggerUrl(profile, child));
    return { open: (url, prepare) => openPage(wire, url, prepare), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function killFamily({ pid, exitCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

/** Chromium writes down which port it took. */
async function debuggerUrl(profile: string, child: ChildProcess): Promise<string> {
  const file = join(profile, 'DevToolsActivePort');
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const [port, path] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    if (child.exitCode !== null) throw new Error(`Chromium ended at once with ${child.exitCode}`);
    await Bun.sleep(20);
  }
  throw new Error('Chromium did not start within 30 s');
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Wire {
  send(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>>;
  readonly listeners: Set<(message: Message) => void>;
}

async function connect(url: string): Promise<Wire> {
  const socket = new WebSocket(url);
  const waiting = new Map<
    number,
    { resolve: (value: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  const listeners = new Set<(message: Message) => void>();
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`cannot reach Chromium at ${url}`));
  });
  socket.onclose = () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended'));
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    const asked = waiting.get(message.id ?? -1);
    if (asked === undefined) for (const listener of listeners) listener(message);
    else if (message.error === undefined) asked.resolve(message.result ?? {});
    else asked.reject(new Error(message.error.message));
    waiting.delete(message.id ?? -1);
  };
  let last = 0;
  const send: Wire['send'] = (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
  return { send, listeners };
}

async function openPage(wire: Wire, url: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const { targetId } = await wire.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await wire.send('Target.attachToTarget', { targetId, flatten: true });
  const requests: string[] = [];
  const console: string[] = [];
  const listener = (message: Message) => {
    if (message.sessionId === sessionId) note(message, requests, console);
  };
  wire.listeners.add(listener);
  const page: Page = {
    ...{ requests, console },
    send: (method, parameters = {}) => wire.send(method, parameters, String(sessionId)),
    evaluate: (expression) => evaluate(page, expression),
    async until(expression) {
      for (
        const end = Date.now() + 60_000;
        !(await page.evaluate(`Boolean(${expression})`));
        await Bun.sleep(10)
      )
        if (Date.now() > end) throw new Error(`never true: ${expression}; console: ${console.join('; ')}`);
    },
    async screenshot() {
      const { data } = await page.send('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(String(data), 'base64');
    },
    async close() {
      wire.listeners.delete(listener);
      await wire.send('Target.closeTarget', { targetId });
    },
  };
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await page.send(`${domain}.enable`);
  await prepare?.(page);
  await page.send('Page.navigate', { url });
  return page;
}

function note({ method, params = {} }: Message, requests: string[], console: string[]): void {
  const at = (...keys: readonly string[]) =>
    keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], params);
  if (method === 'Network.requestWillBeSent') requests.push(String(at('request', 'url')));
  else if (method === 'Log.entryAdded') console.push(String(at('entry', 'text')));
  else if (method === 'Runtime.exceptionThrown')
    console.push(
      String(at('exceptionDetails', 'exception', 'description') ?? at('exceptionDetails', 'text')),
    );
  else if (method === 'Runtime.consoleAPICalled') console.push(JSON.stringify(at('args')));
}

async function evaluate<T>(page: Page, expression: string): Promise<T> {
  const answer = await page.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
  const failure = answer['exceptionDetails'];
  if (failure !== undefined) throw new Error(`${expression}: ${JSON.stringify(failure)}`);
  return (answer['result'] as { value: T }).value;
}
