/**
 * Programs run in containers, over a WebSocket that speaks v4.channel.k8s.io: every message begins with the number of its
 * channel, and the last one is a Status. Kubelets and the streaming servers of container runtimes speak it, and API
 * servers pass it on to them untouched; those that know v5 translate that to SPDY, which brings only an end of standard
 * input, and we send none.
 */
import { CalicoctlError } from '../../../core/errors.ts';
import { isObject, objectIn, objectsIn, parseJson } from '../../../core/json.ts';
import { Kept } from '../../../core/kept.ts';
import type { ExecRequest, Executed } from '../../cluster.ts';
import { HttpFailure, toldFailure } from '../http/failure.ts';
import type { WebSocket } from '../http/websocket.ts';
import type { Caller } from './caller.ts';
import { containerLabel, podPath } from './logs.ts';
import { relayedRefusal } from './relayed.ts';

const PROTOCOL = 'v4.channel.k8s.io';
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

const TIMEOUT_MS = 30_000;
const LIMIT = 64 << 20;
/** Of the Status at the end. */
const STATUS_LIMIT = 1 << 20;

/** Runs a program; throws where nothing is known of how it ended. */
export async function runInContainer(caller: Caller, request: ExecRequest): Promise<Executed> {
  const { command, timeoutMs = TIMEOUT_MS, limit = LIMIT } = request;
  const label = containerLabel(request);
  const path = podPath(request, 'exec', [
    ...command.map((word) => ['command', word] as const),
    ['stdout', true],
    ['stderr', true],
  ]);
  const stop = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop.abort();
  }, timeoutMs);
  try {
    const get = { method: 'GET', path, call: 'once' } as const;
    const upgraded = await caller.http.upgrade(get, PROTOCOL, stop.signal);
    if ('answer' in upgraded) throw relayedRefusal(caller, { verb: 'get', label }, upgraded.answer);
    return await collect(upgraded.socket, limit);
  } catch (error) {
    if (late) throw tooLate(label, command[0], timeoutMs);
    throw error instanceof HttpFailure ? toldFailure(error, caller.http.name, 'once') : error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function tooLate(label: string, program: string, timeoutMs: number): CalicoctlError {
  const seconds = Math.round(timeoutMs / 100) / 10;
  return new CalicoctlError('timeout', `${label}: ${program} did not end within ${seconds} s`, {
    resource: label,
    hint: 'It may still be running there; nothing waits for it any more.',
  });
}

async function collect(socket: WebSocket, limit: number): Promise<Executed> {
  const streams = { [STDOUT]: new Kept(limit), [STDERR]: new Kept(limit), [STATUS]: new Kept(STATUS_LIMIT) };
  let ended = false;
  await socket.read((message) => {
    const channel = message[0];
    const kept = streams[channel as keyof typeof streams];
    // Each stream begins with an empty message.
    if (kept === undefined || message.length === 1) return true;
    kept.add(message.subarray(1));
    ended = channel === STATUS;
    return !ended && !kept.cut;
  });
  const [stdout, stderr] = [streams[STDOUT], streams[STDERR]];
  const output = { stdout: stdout.text, stderr: stderr.text };
  if (ended) return { ...output, ...ending(streams[STATUS].text) };
  if (stdout.cut || stderr.cut)
    return { ...output, exitCode: undefined, failure: `it printed more than ${limit} bytes`, cut: true };
  throw new HttpFailure('broken', 'the program ended without a word of how', { sent: true });
}

/** How a program ended, from the Status of its last message. */
function ending(text: string): Pick<Executed, 'exitCode' | 'failure'> {
  let status: unknown;
  try {
    status = parseJson(text);
  } catch {
    return { exitCode: undefined, failure: text };
  }
  if (!isObject(status)) return { exitCode: undefined, failure: text };
  if (status['status'] === 'Success') return { exitCode: 0 };
  const causes = objectsIn(objectIn(status, 'details')['causes']);
  const code = causes.find(({ reason }) => reason === 'ExitCode')?.['message'];
  if (status['reason'] === 'NonZeroExitCode' && /^-?\d+$/.test(String(code)))
    return { exitCode: Number(code) };
  return { exitCode: undefined, failure: String(status['message'] ?? 'no reason given') };
}
