import { parseCidr } from '../../resources/net/cidr.ts';
import { type Named, Networks } from '../matching/networks.ts';
import { rangeGivenOut } from '../matching/pools.ts';
import type { AcrossFault, AcrossLintRule, Subject } from '../rule.ts';

/** Where service ranges are given, and whether pools for load balancers are their rightful source. */
const FIELDS = { serviceClusterIPs: false, serviceExternalIPs: true, serviceLoadBalancerIPs: true } as const;

type Field = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Field[];

function isForLoadBalancers({ resource: { spec } }: Subject): boolean {
  const uses = spec['allowedUses'];
  return Array.isArray(uses) && uses.includes('LoadBalancer');
}

/** Pools seen: those for workloads alone, and all. */
class Pools {
  readonly forWorkloads = new Networks<Named>();
  readonly all = new Networks<Named>();

  near(field: Field) {
    return FIELDS[field] ? this.forWorkloads : this.all;
  }
}

const rule: AcrossLintRule = {
  id: 'CAL2022',
  doc: 'Pools and the ranges of services keep apart.',
  why: 'A workload could be given the address of a service. Its traffic would then go to the service, and the route of the service would be told for it.',
  wrong: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec:
  serviceClusterIPs:
  - cidr: 10.96.0.0/12
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: main}
spec:
  cidr: 10.100.0.0/16
`,
  right: `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec:
  serviceClusterIPs:
  - cidr: 10.96.0.0/12
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: main}
spec:
  cidr: 10.244.0.0/16
`,
  severity: { offline: 'warning', live: 'warning' },
  kinds: ['BGPConfiguration', 'IPPool'],
  start() {
    const pools = new Pools();
    const services = Object.fromEntries(NAMES.map((name) => [name, new Networks<Named>()]));
    const faults: AcrossFault[] = [];
    const seePool = (subject: Subject) => {
      const { name, resource, spot } = subject;
      const pool = rangeGivenOut(resource);
      if (pool === undefined) return;
      const { text, range } = pool;
      const isSource = isForLoadBalancers(subject);
      pools.all.add(range, { name, text });
      if (!isSource) pools.forWorkloads.add(range, { name, text });
      for (const field of NAMES) {
        const other = isSource && FIELDS[field] ? undefined : services[field]!.find(range);
        if (other === undefined) continue;
        const message = `overlaps ${other.text}, of the ${field} of ${other.name}`;
        faults.push({ spot: spot(['spec', 'cidr']), value: text, message });
        return;
      }
    };
    const seeServices = ({ name, resource: { spec }, spot }: Subject) => {
      for (const field of NAMES) {
        const blocks = spec[field];
        for (const [index, block] of (Array.isArray(blocks) ? blocks : []).entries()) {
          const text = String((block as { readonly cidr?: string } | null)?.cidr ?? '');
          const range = parseCidr(text);
          if (range === undefined) continue;
          services[field]!.add(range, { name, text });
          const pool = pools.near(field).find(range);
          if (pool === undefined) continue;
          const message = `overlaps ${pool.text}, the CIDR of ${pool.name}`;
          faults.push({ spot: spot(['spec', field, index, 'cidr']), value: text, message });
        }
      }
    };
    return {
      see: (subject) => (subject.kind.kind === 'IPPool' ? seePool(subject) : seeServices(subject)),
      faults: () => faults,
    };
  },
};

export default rule;
