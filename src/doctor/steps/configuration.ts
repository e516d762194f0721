import { accessSync, constants, statSync } from 'node:fs';
import { CalicoctlError } from '../../core/errors.ts';
import { type Finding, ok, type Todo, wrong } from '../step.ts';
import type { SettingFacts, Surroundings } from '../surroundings.ts';

/** Variables that say where the datastore is, and count for nothing where a file does. */
const CONNECTION = [
  'DATASTORE_TYPE',
  'ETCD_ENDPOINTS',
  'ETCD_AUTHORITY',
  'KUBECONFIG',
  'CALICO_FILE_DIR',
] as const;

/** Settings of one datastore that do nothing for another. */
const FOR_ONE: Readonly<Record<string, SettingFacts['type']>> = {
  etcdEndpoints: 'etcdv3',
  etcdDiscoverySrv: 'etcdv3',
  k8sAPIEndpoint: 'kubernetes',
  fileDir: 'file',
};

const VIEW = 'calicoctl config view --origins';

/** Which settings hold, where they are from, and what contradicts itself. */
export async function configuration({ settings, env }: Surroundings): Promise<Finding> {
  let facts: SettingFacts;
  try {
    facts = await settings();
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    const problems = (error.details.problems ?? []).map(({ message }) => message);
    const what = error.details.hint ?? 'Correct the setting.';
    return wrong('critical', error.message, what, { command: VIEW, details: problems });
  }
  const { type, configFile, rows } = facts;
  const from = configFile === undefined ? 'the environment' : configFile;
  const given = rows.filter((row) => row.value !== '' && !row.from.startsWith('default'));
  const message = `datastore ${type}, settings from ${from}`;
  const details = given.map(({ field, value, from: origin }) => `${field} = ${value} (${origin})`);
  const todo = oddities(facts, env);
  return { outcome: todo.length === 0 ? 'ok' : 'warning', message, details, todo };
}

function oddities(
  { type, configFile, notes, rows }: SettingFacts,
  env: Surroundings['env'],
): readonly Todo[] {
  const odd = (problem: string, what: string): Todo => ({ urgency: 'warning', problem, what, command: VIEW });
  const ignored = configFile === undefined ? [] : CONNECTION.filter((name) => env[name]);
  const useless = rows.filter(
    ({ field, value }) => value !== '' && FOR_ONE[field] !== undefined && FOR_ONE[field] !== type,
  );
  const unverified = rows.some(
    ({ field, value }) => field === 'k8sInsecureSkipTLSVerify' && value === 'true',
  );
  return [
    ...notes.map((note) => odd(note, 'Remove what has no effect.')),
    ...ignored.map((name) =>
      odd(
        `${name} is set and has no effect, for settings come from ${configFile}`,
        'Unset it, or remove the file.',
      ),
    ),
    ...useless.map(({ field, from }) =>
      odd(
        `${field} (${from}) has no effect, for the datastore is ${type}`,
        'Set datastoreType, or remove it.',
      ),
    ),
    ...(unverified
      ? [
          odd(
            'the certificate of the API server is not verified',
            'Give its CA instead of k8sInsecureSkipTLSVerify.',
          ),
        ]
      : []),
  ];
}

/** Kubeconfig, certificates and keys, or the folder. Nothing is asked of a server. */
export async function credentials({ settings, store, cluster }: Surroundings): Promise<Finding> {
  const { type, directory } = await settings();
  try {
    if (type === 'file') return folderOf(directory ?? '');
    await store();
    if (type === 'kubernetes') return ok(`for ${(await cluster()).server}`);
    return ok('what is named can be read');
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    const what = error.details.hint ?? 'Name files that are there and can be read.';
    return wrong('critical', error.message, what, { command: VIEW });
  }
}

function folderOf(directory: string): Finding {
  const make = 'Name the folder that holds the resources; the first write makes it.';
  if (!isFolder(directory)) return wrong('error', `there is no folder ${directory}`, make, { command: VIEW });
  for (const [mode, verb] of [
    [constants.R_OK, 'read'],
    [constants.W_OK, 'written'],
  ] as const) {
    try {
      accessSync(directory, mode);
    } catch {
      return wrong('error', `${directory} may not be ${verb}`, 'Ask its owner for rights.', {
        command: `ls -ld ${directory}`,
      });
    }
  }
  return ok(`folder ${directory} can be read and written`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
