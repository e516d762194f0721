import {
  ATOMIC_LIST,
  duration,
  type FieldOptions,
  integer,
  list,
  map,
  object,
  oneOf,
  text,
} from '../schema.ts';

/** The settings of kube-controllers: what is asked for (`spec`) and what is in force (`status.runningConfig`). */

const ENABLED_DISABLED = ['Enabled', 'Disabled'] as const;

const template = object({
  generateName: text('Beginning of the name of the endpoints.', { maxLength: 253, format: 'name' }),
  interfaceCIDRs: list(
    text('A range or an address.', { format: 'cidrOrIp' }),
    'Which interfaces, by their addresses.',
    { set: true },
  ),
  interfacePattern: text('Which interfaces, as a regular expression on their names.', { format: 'regexp' }),
  labels: map(text('Value.'), 'Labels of the endpoints.'),
  annotations: map(text('Value.'), 'Annotations of the endpoints.'),
  nodeSelector: text('For which nodes; all unless given.', { format: 'selector' }),
});

const hostEndpoint = object(
  {
    autoCreate: oneOf(ENABLED_DISABLED, 'Whether nodes get host endpoints by themselves.', {
      assumed: 'Disabled',
    }),
    createDefaultHostEndpoint: oneOf(
      ENABLED_DISABLED,
      'Whether there is one for all interfaces beside those of the templates.',
      { crd: { enum: undefined } },
    ),
    templates: list(template, 'Further host endpoints for each node.', { crd: ATOMIC_LIST }),
  },
  'Host endpoints for nodes.',
  { presence: 'pointer' },
);

function period() {
  return duration('Time between two comparisons of everything with what Kubernetes has.', {
    presence: 'pointer',
    assumed: '5m',
  });
}

function periodic(doc: string) {
  return object({ reconcilerPeriod: period() }, doc, { presence: 'pointer' });
}

const controllers = object(
  {
    node: object(
      {
        reconcilerPeriod: period(),
        syncLabels: oneOf(ENABLED_DISABLED, 'Whether nodes take the labels of Kubernetes nodes.', {
          assumed: 'Enabled',
        }),
        hostEndpoint,
        leakGracePeriod: duration('How long an address must look lost before it is released.', {
          presence: 'pointer',
          assumed: '15m',
        }),
      },
      'Keeps nodes and their addresses in step.',
      { presence: 'pointer' },
    ),
    policy: periodic('Copies network policies.'),
    workloadEndpoint: periodic('Keeps the labels of workload endpoints in step.'),
    serviceAccount: periodic('Copies service accounts as profiles.'),
    namespace: periodic('Copies namespaces as profiles.'),
    loadBalancer: object(
      {
        assignIPs: oneOf(
          ['AllServices', 'RequestedServicesOnly'],
          'Which services of type LoadBalancer get addresses.',
          { default: 'AllServices' },
        ),
      },
      'Gives addresses to services of type LoadBalancer.',
      { presence: 'pointer' },
    ),
    migration: object(
      {
        policyNameMigrator: oneOf(
          ['Disabled', 'Enabled'],
          'Whether policies stored under names of older versions are renamed.',
          { default: 'Enabled' },
        ),
      },
      'Brings old data up to date.',
      { presence: 'pointer' },
    ),
  },
  'Which controllers run, and how; one that is absent does not run.',
  { presence: 'always', required: true },
);

/** The settings as a structure of its own. */
export function controllersSpec(options: FieldOptions) {
  return object(
    {
      logSeverityScreen: oneOf(
        ['None', 'Debug', 'Info', 'Warning', 'Error', 'Fatal', 'Panic'],
        'Least severity that is logged.',
        { assumed: 'Info' },
      ),
      healthChecks: oneOf(ENABLED_DISABLED, 'Whether health checks are answered.', { default: 'Enabled' }),
      etcdV3CompactionPeriod: duration('Time between two compactions of etcd; 0 for never.', {
        presence: 'pointer',
        assumed: '10m',
      }),
      prometheusMetricsPort: integer('TCP port for metrics; 0 for none.', {
        presence: 'pointer',
        minimum: 0,
        maximum: 65535,
        assumed: '9094',
      }),
      controllers,
      debugProfilePort: integer('TCP port for profiles of the program; none unless given.', {
        presence: 'pointer',
        form: 'int32',
        minimum: 0,
        maximum: 65535,
      }),
    },
    'Settings of kube-controllers.',
    options,
  );
}
