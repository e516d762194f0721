import type { Resource } from '../../resources/kind.ts';
import type { Labels } from '../../resources/selector/index.ts';
import { HostPolicies, WAYS, type Way } from '../matching/hosts.ts';
import type { AcrossFault, AcrossLintRule, Spot, Subject } from '../rule.ts';

interface Host {
  readonly name: string;
  readonly node: string;
  readonly labels: Labels;
  readonly profiles: readonly string[];
}

/** A list of failsafe ports that lacks those of a way. */
interface Lacking {
  readonly config: string;
  readonly spot: Spot;
}

/** Ports with a use of their own; any other may be where ssh or the datastore has been put. */
const OTHERS: readonly number[] = [22, 53, 80, 179, 443, 2379, 2380, 5473, 6443, 6666, 6667, 10250];

const SAID: Readonly<Record<Way, string>> = {
  ssh: 'has no tcp 22, and no policy here allows ssh to',
  datastore: 'has neither tcp 6443, 443 nor 2379, and no policy here allows the datastore to',
};

/** What is known of one way into or out of hosts. */
class Watch {
  readonly policies: HostPolicies;
  readonly #way: Way;
  readonly #lacking: Lacking[] = [];
  /** Configurations that have a list of their own. */
  readonly #own = new Set<string>();

  constructor(way: Way) {
    this.#way = way;
    this.policies = new HostPolicies(way);
  }

  seeConfiguration({ ref: { name }, resource: { spec }, spot }: Subject): void {
    const { field, ports } = WAYS[this.#way];
    const list = spec[field];
    if (!Array.isArray(list)) return;
    this.#own.add(name);
    const isOpen = (list as readonly { readonly protocol?: string; readonly port?: number }[]).some(
      ({ protocol, port }) =>
        (protocol || 'tcp').toLowerCase() === 'tcp' &&
        (ports.some((wanted) => wanted === port) || !OTHERS.includes(port ?? 0)),
    );
    if (!isOpen) this.#lacking.push({ config: name, spot: spot(['spec', field]) });
  }

  *faults(hosts: readonly Host[]): Iterable<AcrossFault> {
    for (const { config, spot } of this.#lacking) {
      const [first, ...more] = hosts.filter(
        ({ node, labels, profiles }) =>
          this.#configOf(node) === config && this.policies.closes(labels, profiles) === true,
      );
      if (first === undefined) continue;
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      yield { spot, message: `${SAID[this.#way]} ${first.name}${others}: such a host is cut off` };
    }
  }

  /** That of the node goes before that of the cluster. */
  #configOf(node: string): string {
    return this.#own.has(`node.${node}`) ? `node.${node}` : 'default';
  }
}

function hostOf({ name, resource }: Subject): Host {
  const { metadata, spec } = resource as Resource<{
    readonly node?: string;
    readonly profiles?: readonly string[];
  }>;
  return { name, node: spec.node ?? '', labels: metadata.labels ?? {}, profiles: spec.profiles ?? [] };
}

const rule: AcrossLintRule = {
  id: 'CAL2020',
  doc: 'Hosts stay reachable over ssh, and can reach their datastore.',
  why: 'A host endpoint denies what no policy allows, but for the failsafe ports. Without those the machine can no longer be logged in to, or learns of no policy that would mend it.',
  wrong: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
  failsafeInboundHostPorts:
  - {protocol: udp, port: 68}
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: worker-1-eth0}
spec:
  node: worker-1
  interfaceName: eth0
`,
  right: `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
  failsafeInboundHostPorts:
  - {protocol: udp, port: 68}
  - {protocol: tcp, port: 22}
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: worker-1-eth0}
spec:
  node: worker-1
  interfaceName: eth0
`,
  severity: { offline: 'warning', live: 'warning' },
  kinds: ['FelixConfiguration', 'GlobalNetworkPolicy', 'HostEndpoint'],
  start() {
    const watches = [new Watch('ssh'), new Watch('datastore')];
    const hosts: Host[] = [];
    return {
      see(subject) {
        const { kind } = subject.kind;
        if (kind === 'HostEndpoint') hosts.push(hostOf(subject));
        else if (kind === 'FelixConfiguration') for (const watch of watches) watch.seeConfiguration(subject);
        else for (const { policies } of watches) policies.see(subject.resource);
      },
      *faults() {
        for (const watch of watches) yield* watch.faults(hosts);
      },
    };
  },
};

export default rule;
