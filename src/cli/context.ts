import type { Configuration } from '../config/configuration.ts';
import type { Io } from '../core/io.ts';
import { createLog, type Log, type LogLevel } from '../core/log.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { ClusterRequest, Context, DatastoreRequest } from '../kit/command.ts';

export interface Globals {
  readonly logLevel: LogLevel;
  readonly context: string | undefined;
  readonly allowVersionMismatch: boolean;
  readonly requestTimeout: string | undefined;
  readonly as: string | undefined;
  readonly asGroup: readonly string[] | undefined;
  readonly asUid: string | undefined;
  readonly qps: string | undefined;
}

/** A context over the real world, and what ends it. */
export function createContext(io: Io, globals: Globals): { context: Context; close(): Promise<void> } {
  const { logLevel } = globals;
  const log = createLog(logLevel, io.err);
  const open: { close(): Promise<void> }[] = [];
  const warned = new Set<string>();
  const warn = (text: string) => {
    if (warned.has(text)) return;
    warned.add(text);
    io.err(`${text}\n`);
  };
  const configuration: Context['configuration'] = async (
    configFile,
    options = {},
  ): Promise<Configuration> => {
    const { loadConfiguration } = await import('../config/configuration.ts');
    const { context, requestTimeout, as, asGroup, asUid, qps } = globals;
    const loaded = await loadConfiguration({
      configFile,
      context,
      requestTimeout,
      as,
      asGroup,
      asUid,
      qps,
      env: io.env,
      cwd: io.cwd,
      ...options,
    });
    log('info', 'configuration read', { source: loaded.configFile ?? 'environment' });
    for (const note of loaded.notes) log('warn', note);
    return loaded;
  };
  const datastore = async (request: DatastoreRequest): Promise<Datastore> => {
    const { config, access, kubeconfig } = request;
    const unchecked = request.unchecked === true || kubeconfig !== undefined;
    const given = await configuration(config, unchecked ? { emptyPathIsDefault: true } : {});
    const settings = kubeconfig === undefined ? given : await onKubernetes(given, kubeconfig);
    const { openDatastore } = await import('../datastore/open.ts');
    const opened = await openDatastore(
      settings,
      request.uninterrupted ? new AbortController().signal : io.signal,
    );
    log('info', 'datastore opened', { type: settings.datastoreType });
    const store = logLevel === 'debug' || logLevel === 'trace' ? await withLog(opened, log) : opened;
    open.push(store);
    if (!unchecked && !globals.allowVersionMismatch) {
      const { checkVersionSkew } = await import('../operations/version-skew.ts');
      await checkVersionSkew(store, access, { strict: io.env['CALICOCTL_STRICT_VERSION'] === '1', warn });
    }
    return store;
  };
  const cluster = async ({ config, kubeconfig }: ClusterRequest) => {
    const { clusterSettings } = await import('../config/other-cluster.ts');
    const given = await configuration(config, { emptyPathIsDefault: true });
    const { openCluster } = await import('../datastore/open.ts');
    const opened = await openCluster(clusterSettings(given, kubeconfig || undefined, io.env), io.signal);
    log('info', 'cluster opened', { server: opened.server });
    open.push(opened);
    return opened;
  };
  return {
    context: {
      io,
      globals,
      configuration,
      async settingsOf(settings) {
        const { origins } = await import('../config/origins.ts');
        return origins(settings);
      },
      datastore,
      cluster,
      async host() {
        const { machine } = await import('../host/machine.ts');
        return machine(io);
      },
      async show(result) {
        const { render } = await import('../output/render.ts');
        await render(result, io);
      },
      warn,
    },
    async close() {
      await Promise.all(open.map((store) => store.close()));
    },
  };
}

async function onKubernetes(settings: Configuration, kubeconfig: string): Promise<Configuration> {
  const { withKubeconfig } = await import('../config/other-cluster.ts');
  return withKubeconfig(settings, kubeconfig);
}

async function withLog(store: Datastore, log: Log): Promise<Datastore> {
  const { loggedDatastore } = await import('./logged.ts');
  return loggedDatastore(store, log);
}
