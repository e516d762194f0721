import { parseCidr } from '../../resources/net/cidr.ts';
import { type Named, Networks } from '../matching/networks.ts';
import { rangeGivenOut } from '../matching/pools.ts';
import type { AcrossFault, AcrossLintRule, Subject } from '../rule.ts';

const rule: AcrossLintRule = {
  id: 'CAL2021',
  doc: 'A pool has addresses that are not reserved.',
  why: 'Reserved addresses are not given out on their own, so workloads get none from a pool that is reserved as a whole.',
  wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: rack-1}
spec:
  cidr: 10.48.0.0/24
---
apiVersion: projectcalico.org/v3
kind: IPReservation
metadata: {name: appliances}
spec:
  reservedCIDRs: [10.48.0.0/16]
`,
  right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: rack-1}
spec:
  cidr: 10.48.0.0/24
---
apiVersion: projectcalico.org/v3
kind: IPReservation
metadata: {name: appliances}
spec:
  reservedCIDRs: [10.48.0.0/28]
`,
  severity: { offline: 'warning', live: 'warning' },
  kinds: ['IPPool', 'IPReservation'],
  start() {
    const pools = new Networks<Named>();
    const reserved = new Networks<Named>();
    const faults: AcrossFault[] = [];
    const seePool = ({ name, resource, spot }: Subject) => {
      const pool = rangeGivenOut(resource);
      if (pool === undefined) return;
      const { text, range } = pool;
      pools.add(range, { name, text });
      const by = reserved.around(range);
      if (by === undefined) return;
      const message = `is reserved as a whole by ${by.name} (${by.text})`;
      faults.push({ spot: spot(['spec', 'cidr']), value: text, message });
    };
    const seeReservation = ({ name, resource: { spec }, spot }: Subject) => {
      const texts = spec['reservedCIDRs'];
      for (const [index, text] of (Array.isArray(texts) ? texts : []).entries()) {
        const range = parseCidr(String(text));
        if (range === undefined) continue;
        reserved.add(range, { name, text: String(text) });
        const pool = pools.within(range);
        if (pool === undefined) continue;
        const message = `reserves the whole of ${pool.name} (${pool.text})`;
        faults.push({ spot: spot(['spec', 'reservedCIDRs', index]), value: text, message });
      }
    };
    return {
      see: (subject) => (subject.kind.kind === 'IPPool' ? seePool(subject) : seeReservation(subject)),
      faults: () => faults,
    };
  },
};

export default rule;
