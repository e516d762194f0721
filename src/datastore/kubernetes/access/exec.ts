import { isatty } from 'node:tty';
import type { Environment } from '../../../config/environment.ts';
import { CalicoctlError, isError } from '../../../core/errors.ts';
import { isObject, parseJson, stringifyJson } from '../../../core/json.ts';
import type { Credentials } from './access.ts';
import { bearer, type Proof } from './credentials.ts';
import type { Fields } from './fields.ts';
import { pairOf } from './material.ts';
import { type Plugin, pluginOf } from './plugin.ts';
import { type PluginRun, pluginError, runPlugin } from './run-plugin.ts';

/** The cluster in the form in which plugins are told of it. */
export type PluginCluster = Readonly<Record<string, unknown>>;

export interface PluginSurroundings {
  readonly env: Environment;
  readonly cluster: PluginCluster;
  readonly now: () => number;
  /** A person sits at standard input; found out where not given. */
  readonly interactive?: boolean;
}

interface Held {
  readonly credentials: Credentials;
  /** In milliseconds; absent where they are good until they are refused. */
  readonly expires?: number;
}

/** What has just been refused, or has just failed, will be so again: a plugin is not run for every request then. */
const GIVE_UP_MS = 10_000;

/** Credentials from a plugin: run when first needed, when they expire, and once more when they are refused. */
export function pluginProof(fields: Fields, surroundings: PluginSurroundings): Proof {
  const plugin = pluginOf(fields);
  const { now } = surroundings;
  let held: Held | undefined;
  let current: Shared<Held> | undefined;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let failed: { readonly error: unknown; readonly at: number } | undefined;
  return {
    async credentials(signal) {
      if (held !== undefined && !(held.expires !== undefined && held.expires <= now()))
        return held.credentials;
      if (failed !== undefined && now() - failed.at < GIVE_UP_MS) throw failed.error;
      current ??= new Shared(start(plugin, surroundings), (text) => read(plugin, text));
      const mine = current;
      try {
        held = await mine.wait(signal);
        return held.credentials;
      } catch (error) {
        if (!isError(error, 'cancelled')) failed = { error, at: now() };
        throw error;
      } finally {
        if (current === mine && mine.isOver) current = undefined;
      }
    },
    refresh(used) {
      if (held === undefined || !isSame(held.credentials, used)) return true;
      if (now() - refusedAt < GIVE_UP_MS) return false;
      refusedAt = now();
      held = undefined;
      return true;
    },
  };
}

function isSame(a: Credentials, b: Credentials): boolean {
  return a.authorization === b.authorization && a.certificate?.cert === b.certificate?.cert;
}

/** One run that several requests wait for; it is ended when none of them waits any more. */
class Shared<T> {
  isOver = false;
  private waiting = 0;
  private readonly result: Promise<T>;

  constructor(
    private readonly run: PluginRun,
    read: (text: string) => T,
  ) {
    this.result = run.answer.then(read).finally(() => {
      this.isOver = true;
    });
    // Nobody may be waiting any more when it fails.
    this.result.catch(() => undefined);
  }

  async wait(signal: AbortSignal): Promise<T> {
    this.waiting++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () =>
        reject(new CalicoctlError('cancelled', 'interrupted while waiting for the credential plugin'));
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([this.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      this.waiting--;
      if (this.waiting === 0 && !this.isOver) {
        this.isOver = true;
        this.run.stop();
      }
    }
  }
}

function start(plugin: Plugin, { env, cluster, interactive }: PluginSurroundings): PluginRun {
  const terminal = interactive ?? isatty(0);
  if (plugin.interactive === 'Always' && !terminal) {
    throw pluginError(plugin, 'wants to talk to a person, but standard input is not a terminal');
  }
  const asks = terminal && plugin.interactive !== 'Never';
  const information = {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { interactive: asks, ...(plugin.wantsCluster ? { cluster } : {}) },
  };
  const added = { ...plugin.env, KUBERNETES_EXEC_INFO: stringifyJson(information) };
  return runPlugin(plugin, env, added, asks);
}

/** Reads a plugin's answer. Errors name fields and never values. */
function read(plugin: Plugin, text: string): Held {
  const answer = parsed(text);
  if (answer === undefined) throw pluginError(plugin, 'did not answer with a JSON object');
  if (answer['kind'] !== 'ExecCredential')
    throw pluginError(plugin, 'answered with something else than an ExecCredential');
  if (answer['apiVersion'] !== plugin.apiVersion) {
    const hint = `Both must be ${plugin.apiVersion}, or the kubeconfig must name the version that the plugin speaks.`;
    throw pluginError(plugin, 'answered in another apiVersion than the kubeconfig names', { hint });
  }
  const status = answer['status'];
  if (!isObject(status)) throw pluginError(plugin, 'answered without a status');
  const token = textOf(plugin, status, 'token');
  const certificate = certificateOf(plugin, status);
  if (token === undefined && certificate === undefined) {
    throw pluginError(plugin, 'answered with neither a token nor a certificate and key');
  }
  const expires = expiryOf(plugin, status);
  return {
    credentials: {
      ...(token && { authorization: bearer({ value: token, name: nameIn(plugin, 'token') }) }),
      ...(certificate && { certificate }),
    },
    ...(expires === undefined ? {} : { expires }),
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(plugin: Plugin, status: Record<string, unknown>, field: string): string | undefined {
  const value = status[field] ?? '';
  if (typeof value !== 'string')
    throw pluginError(plugin, `answered with a status.${field} that is not text`);
  return value === '' ? undefined : value;
}

function certificateOf(plugin: Plugin, status: Record<string, unknown>): Credentials['certificate'] {
  const cert = textOf(plugin, status, 'clientCertificateData');
  const key = textOf(plugin, status, 'clientKeyData');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw pluginError(plugin, 'answered with only one of clientCertificateData and clientKeyData');
  }
  return pairOf(
    { value: cert, name: nameIn(plugin, 'clientCertificateData') },
    { value: key, name: nameIn(plugin, 'clientKeyData') },
  );
}

function nameIn({ command }: Plugin, field: string): string {
  return `status.${field} of the plugin ${command.value}`;
}

function expiryOf(plugin: Plugin, status: Record<string, unknown>): number | undefined {
  const text = textOf(plugin, status, 'expirationTimestamp');
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw pluginError(plugin, 'answered with a status.expirationTimestamp that is no time');
  return time;
}
