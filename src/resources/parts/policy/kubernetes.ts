import {
  ATOMIC_LIST,
  ATOMIC_MAP,
  integer,
  intOrString,
  list,
  map,
  object,
  type Presence,
  text,
  type Value,
} from '../../schema.ts';

/** The parts of networking.k8s.io/v1 NetworkPolicy, in the order in which Kubernetes writes them. */

const written = { presence: 'always', required: true } as const;

/** A label selector; the outermost of a policy is always written, those of its peers where given. */
export function labelSelector(doc: string, presence: Presence) {
  return object(
    {
      matchLabels: map(text('Value.'), 'Labels that must have these values, all of them.'),
      matchExpressions: list(
        object({
          key: text('Key of the label.', written),
          operator: text('`In`, `NotIn`, `Exists` or `DoesNotExist`.', written),
          values: list(text('Value.'), 'What `In` and `NotIn` compare with.', { crd: ATOMIC_LIST }),
        }),
        'Conditions on labels, all of which must hold.',
        { crd: ATOMIC_LIST },
      ),
    },
    doc,
    { presence, crd: ATOMIC_MAP },
  );
}

function peers(doc: string) {
  return list(
    object({
      podSelector: labelSelector('Pods, of the same namespace unless others are selected.', 'pointer'),
      namespaceSelector: labelSelector('Namespaces of the pods.', 'pointer'),
      ipBlock: object(
        {
          cidr: text('The network.', written),
          except: list(text('CIDR.'), 'Networks within it that are not meant.', { crd: ATOMIC_LIST }),
        },
        'Addresses, instead of pods.',
        { presence: 'pointer' },
      ),
    }),
    doc,
    { crd: ATOMIC_LIST },
  );
}

function ports() {
  return list(
    object({
      protocol: text('`TCP` (unless given), `UDP` or `SCTP`.', { presence: 'pointer' }),
      port: intOrString('Number or name of the port; every port unless given.', { presence: 'pointer' }),
      endPort: integer('Last port of a range that begins at `port`.', {
        form: 'int32',
        presence: 'pointer',
      }),
    }),
    'Ports, any of which will do; every port unless given.',
    { crd: ATOMIC_LIST },
  );
}

export const ingressRule = object({
  ports: ports(),
  from: peers('Where packets may come from, any of these; from everywhere unless given.'),
});

export const egressRule = object({
  ports: ports(),
  to: peers('Where packets may go to, any of these; to everywhere unless given.'),
});

const selector = labelSelector('', 'always');

/** The selector as Go prints it, which is what the reference's table shows. */
export function formatLabelSelector({
  matchLabels = {},
  matchExpressions = [],
}: Value<typeof selector>): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`);
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}
