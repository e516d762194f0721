import type { Rule } from '../kind.ts';
import { list, object, text } from '../schema.ts';

/** The spec of network sets, of one namespace or of the cluster. */
export const netSetSpec = object({
  nets: list(
    text('CIDR or address.', { format: 'cidrOrIp' }),
    'The networks, of either IP version; host bits may be set.',
    {
      set: true,
    },
  ),
});

const NAMESPACE_LABEL = 'projectcalico.org/namespace';

/** Agents give sets this label themselves; one of the user's would mislead selectors. */
export const noNamespaceLabel: Rule<unknown> = {
  id: 'CAL1340',
  doc: `Network sets do not carry the label ${NAMESPACE_LABEL}.`,
  *check({ metadata: { labels } }) {
    const value = labels?.[NAMESPACE_LABEL];
    if (value !== undefined)
      yield {
        path: ['metadata', 'labels', NAMESPACE_LABEL],
        value,
        message: 'is a label that network sets may not have: Calico sets it by itself',
        at: 'key',
      };
  },
};
