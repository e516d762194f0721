import { defineKind, type Resource } from '../kind.ts';
import { felixNameValidations, felixValidations } from '../parts/felix/cel.ts';
import { ebpfFields } from '../parts/felix/ebpf.ts';
import { hostFields } from '../parts/felix/host.ts';
import { routingFields } from '../parts/felix/routing.ts';
import { felixRules } from '../parts/felix/rules.ts';
import { object, type Value } from '../schema.ts';

const spec = object({ ...hostFields, ...ebpfFields, ...routingFields }, '', {
  cel: felixValidations,
});

type Felix = Resource<Value<typeof spec>>;

/** The obsolete switch wins over the two fields that came after it, where it is still given. */
function defaults(felix: Felix): Felix {
  const old = felix.spec.bpfConnectTimeLoadBalancingEnabled;
  return {
    ...felix,
    spec: {
      floatingIPs: 'Disabled',
      bpfConnectTimeLoadBalancing: 'TCP',
      bpfHostNetworkedNATWithoutCTLB: 'Enabled',
      ...felix.spec,
      ...(old === undefined
        ? {}
        : {
            bpfConnectTimeLoadBalancing: old ? 'Enabled' : 'Disabled',
            bpfHostNetworkedNATWithoutCTLB: 'Disabled',
          }),
    },
  };
}

export default defineKind({
  kind: 'FelixConfiguration',
  plural: 'felixconfigurations',
  aliases: ['felixconfig', 'felixconfigs'],
  scope: 'cluster',
  doc: 'Settings of Felix for the cluster (`default`), one node (`node.NAME`) or selected nodes.',
  definition: {
    cel: felixNameValidations,
  },
  spec,
  defaults,
  rules: felixRules,
  columns: { NAME: (felix) => felix.metadata.name },
  narrow: ['NAME'],
});
