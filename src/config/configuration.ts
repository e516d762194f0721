import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CalicoctlError, formatValue } from '../core/errors.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type EtcdSettings, etcdSettings } from './etcd.ts';
import { readFlags } from './flags.ts';
import { type KubernetesSettings, kubernetesSettings } from './kubernetes.ts';
import { givenAs, type Setting, type Settings, settingError, settingValue } from './setting.ts';
import { SETTINGS, type SettingName, settingNamed } from './settings.ts';
import { codeOf, reasonOf } from './system.ts';

export type { EtcdSettings } from './etcd.ts';
export type { ImpersonationSettings, KubernetesSettings } from './kubernetes.ts';
export { origins, type SettingRow } from './origins.ts';
export type { Origin, Setting, Settings } from './setting.ts';

export const DATASTORE_TYPES = ['etcdv3', 'kubernetes', 'file'] as const;
export type DatastoreType = (typeof DATASTORE_TYPES)[number];

/** Read when no `-c` is given, and only where it exists. */
export const DEFAULT_CONFIG_FILE = '/etc/calico/calicoctl.cfg';

export interface FileDatastoreSettings {
  /** The folder that holds the resources, as an absolute path. */
  readonly directory: string;
}

/**
 * How to reach the datastore. The getters check what they give and throw a `configuration` error for settings that
 * contradict each other or say nothing, so that a command that needs no datastore never meets a fault of its settings.
 * None of them touches a file or the network.
 */
export interface Configuration {
  readonly settings: Settings;
  /** The configuration file in use; undefined where the settings come from the environment. */
  readonly configFile: string | undefined;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The process's environment: proxies, a pod's API server, and what programs that are started are to see. */
  readonly env: Environment;
  /** Oddities worth a line in the log, such as a flag that has no effect. */
  readonly notes: readonly string[];
  readonly datastoreType: DatastoreType;
  readonly etcd: EtcdSettings;
  readonly kubernetes: KubernetesSettings;
  readonly file: FileDatastoreSettings;
  /** Longest wait for one answer of the datastore, in milliseconds; 0 for no limit. */
  readonly requestTimeoutMs: number;
}

export interface ConfigurationInput {
  /** The value of `-c`; undefined where the flag is not given. An empty path is a file that does not exist. */
  readonly configFile?: string | undefined;
  /** `version` alone takes an empty path for the default one. */
  readonly emptyPathIsDefault?: boolean;
  /** The value of `--context`. */
  readonly context?: string | undefined;
  /** The value of `--request-timeout`: a Go duration or a number of seconds. */
  readonly requestTimeout?: string | undefined;
  /** The values of `--as`, `--as-group`, `--as-uid` and `--qps`; like the timeout they count with a file too. */
  readonly as?: string | undefined;
  readonly asGroup?: readonly string[] | undefined;
  readonly asUid?: string | undefined;
  readonly qps?: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  /** The home folder; taken from HOME where not given. */
  readonly home?: string;
}

/**
 * Gathers the settings. A configuration file that exists is the only source of connection settings: nothing is merged
 * into it, neither from the environment nor from `--context`.
 * @throws CalicoctlError `configuration` for a file or variable that cannot be read, `usage` for a bad flag
 */
export async function loadConfiguration(input: ConfigurationInput): Promise<Configuration> {
  const flags = readFlags(input);
  const file = await findFile(input);
  const { settings: given, notes } =
    file === undefined ? fromEnvironment(input) : await fromFile(file, input);
  const settings = withDefaults(new Map([...given, ...readEnvironment(input.env, 'process'), ...flags]));
  const home = input.home ?? input.env['HOME'] ?? '';
  await addHomeKubeconfig(settings, home, input.cwd);
  return configurationOf(settings, file, input, notes);
}

interface Gathered {
  readonly settings: ReadonlyMap<SettingName, Setting>;
  readonly notes: readonly string[];
}

async function findFile(input: ConfigurationInput): Promise<string | undefined> {
  const { configFile = DEFAULT_CONFIG_FILE, cwd } = input;
  const path = configFile === '' && input.emptyPathIsDefault ? DEFAULT_CONFIG_FILE : configFile;
  try {
    if (path === '')
      throw new CalicoctlError('configuration', 'the path of the configuration file is empty (-c)');
    await stat(resolve(cwd, path));
    return path;
  } catch (cause) {
    if (path === DEFAULT_CONFIG_FILE) return undefined;
    if (cause instanceof CalicoctlError) throw cause;
    const message = `cannot read the configuration file ${path}: ${reasonOf(cause)}`;
    throw new CalicoctlError('configuration', message, { cause });
  }
}

async function fromFile(file: string, { context, cwd }: ConfigurationInput): Promise<Gathered> {
  const { readConfigurationFile } = await import('./file.ts');
  const { settings, notes } = await readConfigurationFile(file, cwd);
  const note = `--context has no effect: the settings come from ${file}; set k8sCurrentContext there.`;
  return { settings, notes: context ? [...notes, note] : notes };
}

function fromEnvironment({ env, context }: ConfigurationInput): Gathered {
  const settings = readEnvironment(env, 'connection');
  if (context)
    settings.set('k8sCurrentContext', { value: context, origin: { from: 'flag', name: '--context' } });
  return { settings, notes: [] };
}

function withDefaults(given: ReadonlyMap<SettingName, Setting>): Map<SettingName, Setting> {
  const settings = new Map<SettingName, Setting>();
  for (const { field } of SETTINGS) {
    const value = settingNamed(field).default;
    settings.set(field, given.get(field) ?? { value, origin: { from: 'default', name: '' } });
  }
  if (settingValue(settings, 'datastoreType') === undefined) {
    const isEtcd = settingValue(settings, 'etcdEndpoints') !== undefined;
    settings.set('datastoreType', {
      value: isEtcd ? 'etcdv3' : 'kubernetes',
      origin: { from: 'default', name: `etcdEndpoints is ${isEtcd ? 'set' : 'not set'}` },
    });
  }
  return settings;
}

/** Where Kubernetes is used and nothing says which, kubectl's own file does; in a pod without one the pod's account. */
async function addHomeKubeconfig(
  settings: Map<SettingName, Setting>,
  home: string,
  cwd: string,
): Promise<void> {
  const isNamed = (['kubeconfig', 'kubeconfigInline', 'k8sAPIEndpoint'] as const).some((name) =>
    settingValue(settings, name),
  );
  if (home === '' || isNamed || settingValue(settings, 'datastoreType') !== 'kubernetes') return;
  const path = join(home, '.kube', 'config');
  try {
    await stat(resolve(cwd, path));
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause;
    return;
  }
  settings.set('kubeconfig', { value: path, origin: { from: 'default', name: 'found in the home folder' } });
}

function configurationOf(
  settings: Settings,
  configFile: string | undefined,
  { cwd, env }: ConfigurationInput,
  notes: readonly string[],
): Configuration {
  return {
    settings,
    configFile,
    cwd,
    env,
    notes,
    requestTimeoutMs: settingValue(settings, 'requestTimeout')!,
    get datastoreType() {
      return datastoreTypeOf(settings);
    },
    get etcd() {
      return etcdSettings(settings);
    },
    get kubernetes() {
      return kubernetesSettings(settings, cwd);
    },
    get file() {
      return fileDatastoreSettings(settings, cwd);
    },
  };
}

function datastoreTypeOf(settings: Settings): DatastoreType {
  const given = settingValue(settings, 'datastoreType');
  const type = DATASTORE_TYPES.find((each) => each === given);
  if (type !== undefined) return type;
  const name = givenAs(settings, 'datastoreType');
  const message = `${name}: unknown datastore type ${formatValue(given)}; it is one of ${DATASTORE_TYPES.join(', ')}`;
  throw settingError(settings, ['datastoreType'], message);
}

function fileDatastoreSettings(settings: Settings, cwd: string): FileDatastoreSettings {
  const directory = settingValue(settings, 'fileDir');
  if (directory !== undefined) return { directory: resolve(cwd, directory) };
  const hint =
    'Set CALICO_FILE_DIR, or fileDir in the configuration file, to the folder that holds the resources.';
  throw settingError(settings, ['datastoreType'], 'no folder is given for the file datastore', { hint });
}
