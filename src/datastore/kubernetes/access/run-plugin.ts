import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../../config/environment.ts';
import { codeOf, reasonOf } from '../../../config/system.ts';
import { withoutOwnSecrets } from '../../../core/environment.ts';
import { CalicoctlError, type ErrorDetails } from '../../../core/errors.ts';
import { fault } from './given.ts';
import type { Plugin } from './plugin.ts';

/** More than any token or chain of certificates takes. */
const LONGEST_ANSWER = 1_048_576;

export interface PluginRun {
  /** The plugin's standard output; rejects with what went wrong, never with a part of that output. */
  readonly answer: Promise<string>;
  /** Ends the plugin. */
  stop(): void;
}

/**
 * Starts the plugin, never through a shell, with `added` to our environment and without what we prove ourselves by. Its standard error is ours, so that it can tell the user what to do; its
 * standard input is ours where a person sits there. There is no time limit: logging in may take a person minutes.
 */
export function runPlugin(
  plugin: Plugin,
  env: Environment,
  added: Environment,
  interactive: boolean,
): PluginRun {
  const child = spawn(located(plugin.command.value, env['PATH']), [...plugin.args], {
    env: { ...withoutOwnSecrets(env), ...added },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
  });
  const answer = new Promise<string>((done, failed) => {
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout!.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LONGEST_ANSWER) chunks.push(chunk);
      else {
        child.kill('SIGKILL');
        failed(pluginError(plugin, `wrote more than ${LONGEST_ANSWER} bytes to its standard output`));
      }
    });
    child.on('error', (error) => failed(startError(plugin, error)));
    child.on('close', (status, signal) => {
      if (status === 0) done(Buffer.concat(chunks).toString('utf8'));
      else
        failed(pluginError(plugin, signal ? `was ended by ${signal}` : `failed with exit status ${status}`));
    });
  });
  return { answer, stop: () => child.kill('SIGTERM') };
}

/**
 * Where a command without a slash is found. The PATH that counts is ours, as with kubectl, and not one that the
 * kubeconfig sets for the plugin.
 */
function located(command: string, path: string | undefined): string {
  if (command.includes('/')) return command;
  const places = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => join(folder, command)).find(isProgram) ?? command;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** An error about what the plugin did. */
export function pluginError(
  { command }: Plugin,
  message: string,
  details: ErrorDetails = {},
): CalicoctlError {
  const text = `no credentials for Kubernetes: the plugin ${command.value} ${message}`;
  return new CalicoctlError('unauthorized', text, details);
}

function startError(plugin: Plugin, error: Error): CalicoctlError {
  const { command, installHint } = plugin;
  const name = `${command.name} ${command.value}`;
  const isMissing = codeOf(error) === 'ENOENT';
  if (!isMissing) return fault({ ...command, name }, `cannot be started: ${reasonOf(error)}`);
  if (command.value.includes('/') && existsSync(command.value)) {
    return fault({ ...command, name }, 'cannot be started: the interpreter in its first line does not exist');
  }
  const where = command.value.includes('/') ? 'does not exist' : 'is not in PATH';
  const hint = installHint ?? 'Install the credential plugin, or correct the command in the kubeconfig.';
  return fault({ ...command, name }, where, { hint });
}
