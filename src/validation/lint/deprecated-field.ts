import type { LintRule } from '../rule.ts';

/** Fields that are still understood, by kind, and what to write in their place. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, (value: unknown) => string>>>> = {
  BGPPeer: {
    keepOriginalNextHop: (value) =>
      value === true ? 'write nextHopMode: Keep' : 'leave it out, or use nextHopMode',
  },
  FelixConfiguration: {
    routeTableRange: () => 'write routeTableRanges, a list of such ranges',
    bpfConnectTimeLoadBalancingEnabled: (value) =>
      `write bpfConnectTimeLoadBalancing: ${value === true ? 'Enabled' : 'Disabled'}, and bpfHostNetworkedNATWithoutCTLB: Disabled, which it implied`,
  },
};

/** To give the old and the new field at once is an error (CAL1408, CAL1526), of which enough is said. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  keepOriginalNextHop: 'nextHopMode',
  routeTableRange: 'routeTableRanges',
};

const rule: LintRule = {
  id: 'CAL2009',
  doc: 'No field is used that another one replaces.',
  why: 'The old field still works, but overrides or excludes the new one, and will not be understood for ever.',
  wrong: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: rack-1}
spec:
  peerIP: 10.0.0.1
  asNumber: 64513
  keepOriginalNextHop: true
`,
  right: `apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: rack-1}
spec:
  peerIP: 10.0.0.1
  asNumber: 64513
  nextHopMode: Keep
`,
  kinds: Object.keys(FIELDS),
  *check({ spec }, { kind }) {
    for (const [field, advice] of Object.entries(FIELDS[kind] ?? {}))
      if (spec[field] !== undefined && spec[REPLACEMENTS[field] ?? ''] === undefined)
        yield { path: ['spec', field], at: 'key', message: `is deprecated: ${advice(spec[field])}` };
  },
};

export default rule;
