import type { Configuration, SettingRow } from '../config/configuration.ts';
import type { Io } from '../core/io.ts';
import type { Result } from '../core/result.ts';
import type { Cluster } from '../datastore/cluster.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Host } from '../host/host.ts';
import type { Options, OptionValues } from './options.ts';

/** What the process lends a command: its surroundings, and dear things as functions. */
export interface Context {
  readonly io: Io;
  readonly globals: {
    readonly context: string | undefined;
    readonly allowVersionMismatch: boolean;
    readonly requestTimeout: string | undefined;
  };
  /** The effective configuration; `config` is the value of -c. */
  configuration(
    config: string | undefined,
    options?: { readonly emptyPathIsDefault?: boolean },
  ): Promise<Configuration>;
  /** Every setting as it may be shown: secrets masked, with its origin. */
  settingsOf(configuration: Configuration): Promise<readonly SettingRow[]>;
  /** Opens the datastore and checks the cluster's version against the access wanted. Closed when the command ends. */
  datastore(request: DatastoreRequest): Promise<Datastore>;
  /**
   * Opens the Kubernetes around Calico: the one of `kubeconfig`, else the datastore where that is Kubernetes, else the one
   * of $KUBECONFIG or ~/.kube/config. Closed when the command ends.
   */
  cluster(request: ClusterRequest): Promise<Cluster>;
  /** This machine. */
  host(): Promise<Host>;
  /** Prints a result now, for a command that asks a question about it. */
  show(result: Result): Promise<void>;
  /** One line on stderr, once. */
  warn(text: string): void;
}

export interface DatastoreRequest {
  readonly config: string | undefined;
  readonly access: 'read' | 'write';
  /** Skip the version check; for `version` itself. */
  readonly unchecked?: boolean;
  /** Open not the datastore but the Kubernetes of this kubeconfig (a path or a list of them), without a version check. */
  readonly kubeconfig?: string;
  /** Ctrl-C does not end what is under way; for what has to be brought to an end, such as unlocking. */
  readonly uninterrupted?: boolean;
}

export interface ClusterRequest {
  readonly config: string | undefined;
  /** A path or a list of them. */
  readonly kubeconfig?: string | undefined;
}

/** `required` and `optional` take one word, `rest` all that follow. */
export type ArgumentSpec = { readonly arity: 'required' | 'optional' | 'rest'; readonly doc: string };
export type Arguments = Readonly<Record<string, ArgumentSpec>>;

type ArgumentValues<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name]['arity'] extends 'required'
    ? string
    : A[Name]['arity'] extends 'optional'
      ? string | undefined
      : readonly string[];
};

export interface CommandDeclaration<A extends Arguments, O extends Options> {
  /** One sentence. */
  readonly summary: string;
  /** Paragraphs for the help page. */
  readonly description?: string;
  /** Command lines without the program's name. */
  readonly examples: readonly string[];
  readonly args: A;
  readonly options: O;
  readonly run: (input: ArgumentValues<A> & OptionValues<O>, context: Context) => Promise<Result>;
}

/** A command as the rest of the program sees it. */
export interface Command extends Omit<CommandDeclaration<Arguments, Options>, 'run'> {
  readonly run: (input: Readonly<Record<string, unknown>>, context: Context) => Promise<Result>;
}

/** Declares a command: no parser, no printing, no client. */
export function defineCommand<const A extends Arguments, const O extends Options>(
  declaration: CommandDeclaration<A, O>,
): Command {
  return declaration as unknown as Command;
}
