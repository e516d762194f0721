import { parseCidr } from '../../resources/net/cidr.ts';
import { BETWEEN } from '../../resources/structure.ts';
import { Networks } from '../matching/networks.ts';
import type { AcrossFault, AcrossRule } from '../rule.ts';

interface Known {
  readonly name: string;
  readonly cidr: string;
  readonly file: string;
}

const rule: AcrossRule = {
  ...BETWEEN.poolOverlap,
  severity: { offline: 'warning', live: 'error' },
  kinds: ['IPPool'],
  start() {
    const pools = new Networks<Known>();
    const faults: AcrossFault[] = [];
    return {
      see({ name, resource: { spec }, start, spot }) {
        const text = spec['cidr'];
        const range = typeof text === 'string' ? parseCidr(text) : undefined;
        if (range === undefined) return;
        const other = pools.find(range);
        if (other !== undefined && other.name !== name) {
          const where = other.file === '' || other.file === start?.file ? '' : ` in ${other.file}`;
          const message = `overlaps ${other.cidr}, the CIDR of ${other.name}${where}`;
          faults.push({ spot: spot(['spec', 'cidr']), value: text, message });
        }
        pools.add(range, { name, cidr: String(text), file: start?.file ?? '' });
      },
      faults: () => faults,
    };
  },
};

export default rule;
