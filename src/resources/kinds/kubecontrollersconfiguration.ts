import { defineKind, type Fault, type Resource, type Rule } from '../kind.ts';
import { annotationFaults, labelFaults } from '../names.ts';
import { controllersSpec } from '../parts/kubecontrollers.ts';
import { map, object, text, type Value } from '../schema.ts';

const spec = controllersSpec({});

type Controllers = Resource<Value<typeof spec>>;

/** Templates with their paths. */
function* templatesOf({ spec }: Controllers) {
  const path = ['spec', 'controllers', 'node', 'hostEndpoint', 'templates'];
  for (const [index, template] of (spec.controllers?.node?.hostEndpoint?.templates ?? []).entries())
    yield { template, path: [...path, index] };
}

function* templateFaults(config: Controllers): Iterable<Fault> {
  const seen = new Set<string>();
  for (const { template, path } of templatesOf(config)) {
    const { generateName, interfaceCIDRs, interfacePattern } = template;
    if (!generateName) {
      yield {
        path: [...path, 'generateName'],
        message: 'is required: the name of the endpoints begins with it',
      };
      continue;
    }
    if (seen.has(generateName))
      yield {
        path: [...path, 'generateName'],
        value: generateName,
        message: 'is not unique: another template has this name',
      };
    seen.add(generateName);
    if (!interfaceCIDRs?.length && !interfacePattern)
      yield {
        path,
        message: `(${generateName}) chooses no interface: give interfaceCIDRs or interfacePattern`,
      };
  }
}

const rules: readonly Rule<Value<typeof spec>>[] = [
  {
    id: 'CAL1580',
    doc: 'Host endpoint templates have names of their own and choose interfaces.',
    onWrite: true,
    check: templateFaults,
  },
  {
    id: 'CAL1581',
    doc: 'Labels and annotations of host endpoint templates are valid.',
    *check(config) {
      for (const { template, path } of templatesOf(config)) {
        yield* labelFaults(template.labels ?? {}, [...path, 'labels']);
        yield* annotationFaults(template.annotations ?? {}, [...path, 'annotations']);
      }
    },
  },
];

function defaults(config: Controllers): Controllers {
  const { controllers = {} } = config.spec;
  const { node, loadBalancer } = controllers;
  return {
    ...config,
    spec: {
      prometheusMetricsPort: 9094,
      ...config.spec,
      controllers: {
        ...controllers,
        ...(node && { node: { leakGracePeriod: '15m0s', ...node } }),
        ...(loadBalancer && { loadBalancer: { assignIPs: 'AllServices', ...loadBalancer } }),
      },
    },
  };
}

export default defineKind({
  kind: 'KubeControllersConfiguration',
  plural: 'kubecontrollersconfigurations',
  aliases: ['kubecontrollersconfig', 'kubecontrollersconfigs'],
  scope: 'cluster',
  doc: 'Settings of the controllers that follow Kubernetes.',
  definition: {
    shortNames: ['kcc', 'kccs'],
  },
  singleton: 'default',
  spec,
  status: object(
    {
      runningConfig: controllersSpec({ presence: 'pointer' }),
      environmentVars: map(text('Value.'), 'Environment variables that override settings.'),
    },
    'What the controllers report.',
    { presence: 'always' },
  ),
  defaults,
  rules,
  columns: { NAME: (config) => config.metadata.name },
  narrow: ['NAME'],
});
