import { resolve } from 'node:path';
import { formatValue } from '../../../core/errors.ts';
import { type Fields, fieldsOf, flagIn, givenFields, itemsIn, textIn, textsIn } from './fields.ts';
import { fault, type Given } from './given.ts';

/** A program that hands out credentials, as a user's entry declares it. */
export interface Plugin {
  /** A name to look for in PATH, or an absolute path. */
  readonly command: Given;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `client.authentication.k8s.io/v1` or `…/v1beta1`: the form of what is asked and answered. */
  readonly apiVersion: string;
  readonly interactive: 'Never' | 'IfAvailable' | 'Always';
  readonly wantsCluster: boolean;
  /** What the entry's author wants to be read by those who do not have the command. */
  readonly installHint: string | undefined;
}

const GROUP = 'client.authentication.k8s.io';
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`];
const MODES = ['Never', 'IfAvailable', 'Always'] as const;

/** Reads the `exec` part of a user's entry. */
export function pluginOf(fields: Fields): Plugin {
  const given = givenFields(fields);
  const command = textIn(fields, 'command');
  if (command === undefined) throw fault(given, 'has no command');
  return {
    command: { ...command, value: located(command.value, fields.source.folder) },
    args: textsIn(fields, 'args'),
    env: environmentOf(fields),
    apiVersion: apiVersionOf(fields),
    interactive: modeOf(fields),
    wantsCluster: flagIn(fields, 'provideClusterInfo')?.value ?? false,
    installHint: textIn(fields, 'installHint')?.value.trim(),
  };
}

/** A command with a slash is a path that starts at the kubeconfig's folder; without one it is looked for in PATH. */
function located(command: string, folder: string): string {
  return command.includes('/') ? resolve(folder, command) : command;
}

function environmentOf(fields: Fields): Record<string, string> {
  const pairs = itemsIn(fields, 'env').map((item) => {
    const entry = fieldsOf(fields.source, item, `${fields.label}: an item of env`);
    const name = textIn(entry, 'name');
    if (name === undefined) throw fault(givenFields(entry), 'has no name');
    return [name.value, textIn(entry, 'value')?.value ?? ''] as const;
  });
  return Object.fromEntries(pairs);
}

function apiVersionOf(fields: Fields): string {
  const given = textIn(fields, 'apiVersion');
  const hint = `It must be ${VERSIONS.join(' or ')}, whichever the plugin speaks.`;
  if (given === undefined) throw fault(givenFields(fields), 'has no apiVersion', { hint });
  if (VERSIONS.includes(given.value)) return given.value;
  throw fault(given, `${formatValue(given.value)} is not supported`, { hint });
}

function modeOf(fields: Fields): Plugin['interactive'] {
  const given = textIn(fields, 'interactiveMode');
  if (given === undefined) return 'IfAvailable';
  const mode = MODES.find((each) => each === given.value);
  if (mode !== undefined) return mode;
  throw fault(given, `${formatValue(given.value)} is not one of ${MODES.join(', ')}`);
}
