import type { Usage } from '../../ipam/usage/usage.ts';
import type { Resource } from '../../resources/kind.ts';
import type { Seen } from './seen.ts';

/** What was read of a cluster, before anything is judged. */
export interface Facts {
  /** As `Date.now()`. */
  readonly now: number;
  /** The Calico release that this program is for. */
  readonly clientVersion: string;
  /** The backend of the datastore; undefined where it could not be opened. */
  readonly datastore: 'etcdv3' | 'kubernetes' | 'file' | undefined;
  /** ClusterInformation `default`; undefined where there is none. */
  readonly information: Seen<Resource | undefined>;
  readonly calicoNodes: Seen<readonly CalicoNode[]>;
  /** CalicoNodeStatus resources. */
  readonly statuses: Seen<readonly Resource[]>;
  readonly usage: Seen<Usage>;
  /** Undefined where kinds need no definitions. */
  readonly definitions: Seen<Definitions | undefined>;
  /** `gitVersion` of the API server. */
  readonly serverVersion: Seen<string>;
  readonly nodes: Seen<readonly KubeNode[]>;
  readonly pods: Seen<CalicoPods>;
  readonly workloads: Seen<readonly Workload[]>;
  /** Empty where the operator is not installed. */
  readonly operator: Seen<readonly OperatorState[]>;
}

export interface CalicoNode {
  readonly name: string;
  /** Names that Kubernetes has for it, as the node says. */
  readonly kubernetesNames: readonly string[];
  /** Without the length of the subnet. */
  readonly addresses: readonly string[];
}

export interface Definitions {
  readonly group: string;
  readonly missing: readonly string[];
  /** Those that differ from what this program defines; `newer` ones have fields that it does not know. */
  readonly other: readonly { readonly name: string; readonly newer: boolean }[];
}

export interface KubeNode {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready, e.g. `KubeletNotReady: container runtime is down`. */
  readonly reason: string;
  /** RFC 3339, where known. */
  readonly since?: string;
  readonly kubelet: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CalicoPods {
  readonly items: readonly CalicoPod[];
  /** Why pods of other namespaces than the usual ones are not among them. */
  readonly hidden?: string;
}

/** A component of Calico, named as its pods are labelled. */
export type Component = string;

export interface CalicoPod {
  readonly namespace: string;
  readonly name: string;
  readonly component: Component;
  /** Empty where it is not scheduled. */
  readonly node: string;
  readonly ready: boolean;
  /** RFC 3339: since when it is not ready, or was made. */
  readonly since?: string;
  /** Why it was given no node. */
  readonly unscheduled?: string;
  readonly containers: readonly PodContainer[];
}

export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly restarts: number;
  /** Why it does not run. */
  readonly waiting?: { readonly reason: string; readonly message: string };
  /** How it ended last. */
  readonly ended?: { readonly reason: string; readonly exitCode: number; readonly at: string };
}

export interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly namespace: string;
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Terms of which a node must meet one, if there are any. */
  readonly nodeAffinity: readonly (readonly NodeExpression[])[];
}

export interface NodeExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** An Installation, APIServer or TigeraStatus. */
export interface OperatorState {
  readonly kind: string;
  readonly name: string;
  /** `Ready` or what else the object says in a word; of APIServer. */
  readonly state?: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly since?: string;
  }[];
}
