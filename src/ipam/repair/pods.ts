import { isObject } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { addressText } from '../survey/uses.ts';

/** A pod that may have addresses, or be about to get some. */
export interface PodAddresses {
  /** `namespace/name`. */
  readonly pod: string;
  /** All that anybody noted of it, in normal form; none while it is starting. */
  readonly addresses: readonly string[];
}

const NETWORKS = 'k8s.v1.cni.cncf.io/network-status';
const ANNOTATIONS = ['podIP', 'podIPs'].map((name) => `cni.projectcalico.org/${name}`);

/**
 * Pods that are on a node and have not ended. An endpoint shows the addresses of one source and of the first interface;
 * pods may have more, as of a family that the cluster does not know, or of another network.
 */
export async function* podAddresses(store: Datastore): AsyncGenerator<PodAddresses> {
  for await (const pod of listed(store, { kind: await kindOf('Pod') })) {
    const { metadata, spec } = pod;
    const status = isObject(pod.status) ? pod.status : {};
    if (!spec['nodeName'] || spec['hostNetwork'] === true || isOver(pod, status['phase'])) continue;
    const texts = [...inStatus(status), ...inAnnotations(metadata.annotations ?? {})];
    yield {
      pod: `${metadata.namespace}/${metadata.name}`,
      addresses: texts.flatMap((text) => addressText(text.trim()) ?? []),
    };
  }
}

function isOver({ metadata }: Resource, phase: unknown): boolean {
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  return Boolean(metadata['deletionTimestamp']) && metadata.annotations?.[ANNOTATIONS[0]!] === '';
}

function inStatus({ podIP, podIPs }: Readonly<Record<string, unknown>>): readonly string[] {
  const all = Array.isArray(podIPs) ? podIPs.map((each: { ip?: unknown } | null) => each?.ip) : [];
  return [podIP, ...all].filter((ip) => typeof ip === 'string');
}

function inAnnotations(annotations: Readonly<Record<string, string>>): readonly string[] {
  const own = ANNOTATIONS.flatMap((name) => annotations[name]?.split(',') ?? []);
  return [...own, ...inNetworks(annotations[NETWORKS])];
}

/** What is no list of networks names no address. */
function inNetworks(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    const networks: unknown = JSON.parse(text);
    if (!Array.isArray(networks)) return [];
    const ips = networks.flatMap((network: { ips?: unknown } | null) => network?.ips ?? []);
    return ips.filter((ip) => typeof ip === 'string');
  } catch {
    return [];
  }
}
