import { afterEach, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import { workloadEndpoints } from '../../../../src/datastore/kubernetes/objects/workloadendpoints.ts';
import type { Ref, Resource } from '../../../../src/resources/kind.ts';
import {
  parseWorkloadEndpointName,
  workloadEndpointName,
} from '../../../../src/resources/parts/workloadendpoint.ts';
import { kindOf } from '../../../../src/resources/registry.ts';
import { all, kubeObject, memoryApi } from './kube.ts';

const kind = await kindOf('WorkloadEndpoint');
const NAME = 'worker--1-k8s-web--0-eth0';
const ref = (name = NAME, namespace = 'shop'): Ref => ({ kind, name, namespace });

interface PodFields {
  readonly annotations?: Record<string, string>;
  readonly metadata?: Record<string, unknown>;
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

const cni = (annotations: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`cni.projectcalico.org/${key}`, value]),
  );

function pod({ annotations = {}, metadata = {}, spec = {}, status = {} }: PodFields = {}, name = 'web-0') {
  return kubeObject(
    { name, namespace: 'shop', annotations, ...metadata },
    { spec: { nodeName: 'worker-1', ...spec }, status },
  );
}

async function endpoint(fields: PodFields): Promise<Resource> {
  return workloadEndpoints(memoryApi({ pods: [pod(fields)] }), kind).get(ref());
}

const specOf = async (fields: PodFields) => (await endpoint(fields)).spec;

afterEach(() => {
  delete process.env['FELIX_INTERFACEPREFIX'];
});

describe('the endpoint of a pod', () => {
  test('as little as there can be', async () => {
    expect(await endpoint({})).toEqual({
      kind: 'WorkloadEndpoint',
      apiVersion: 'projectcalico.org/v3',
      metadata: {
        name: NAME,
        namespace: 'shop',
        uid: '2413a255-9d47-42e7-8f37-0b70fa7c8728',
        resourceVersion: '7',
        creationTimestamp: '2026-01-31T12:00:00Z',
        labels: { 'projectcalico.org/namespace': 'shop', 'projectcalico.org/orchestrator': 'k8s' },
      },
      spec: {
        orchestrator: 'k8s',
        node: 'worker-1',
        pod: 'web-0',
        endpoint: 'eth0',
        interfaceName: 'calia4fc3c48bd8',
        profiles: ['kns.shop'],
      },
    });
  });

  test('everything', async () => {
    const { metadata, spec } = await endpoint({
      annotations: {
        ...cni({
          containerID: 'c0ffee',
          podIP: '10.0.0.9/32',
          podIPs: '10.0.0.5/32,fd00::5',
          floatingIPs: '["192.0.2.1","2001:db8::1"]',
          allowedSourcePrefixes: '["10.1.2.3/8"]',
        }),
        'k8s.v1.cni.cncf.io/network-status': '[]',
        'kubernetes.io/ingress-bandwidth': '10M',
      },
      metadata: { labels: { app: 'web' }, generateName: 'web-' },
      spec: {
        serviceAccountName: 'checkout',
        containers: [
          {
            ports: [
              { name: 'http', containerPort: 8080 },
              { containerPort: 9, protocol: 'UDP', hostPort: 99, hostIP: '192.0.2.7' },
              { containerPort: 10 },
              { name: 'odd', containerPort: 11, protocol: 'DCCP' },
            ],
          },
        ],
        initContainers: [{ ports: [{ name: 'setup', containerPort: 7, protocol: 'SCTP' }] }, {}],
      },
    });
    expect(metadata.labels).toEqual({
      app: 'web',
      'projectcalico.org/namespace': 'shop',
      'projectcalico.org/orchestrator': 'k8s',
      'projectcalico.org/serviceaccount': 'checkout',
    });
    expect(metadata.annotations).toEqual({ 'k8s.v1.cni.cncf.io/network-status': '[]' });
    expect(metadata['generateName']).toBe('web-');
    expect<unknown>(spec).toEqual({
      orchestrator: 'k8s',
      node: 'worker-1',
      containerID: 'c0ffee',
      pod: 'web-0',
      endpoint: 'eth0',
      serviceAccountName: 'checkout',
      ipNetworks: ['10.0.0.5/32', 'fd00::5/128'],
      ipNATs: [
        { internalIP: '10.0.0.5', externalIP: '192.0.2.1' },
        { internalIP: 'fd00::5', externalIP: '2001:db8::1' },
      ],
      profiles: ['kns.shop', 'ksa.shop.checkout'],
      interfaceName: 'calia4fc3c48bd8',
      ports: [
        { name: 'http', protocol: 'TCP', port: 8080, hostPort: 0, hostIP: '' },
        { name: '', protocol: 'UDP', port: 9, hostPort: 99, hostIP: '192.0.2.7' },
        { name: 'setup', protocol: 'SCTP', port: 7, hostPort: 0, hostIP: '' },
      ],
      allowSpoofedSourcePrefixes: ['10.0.0.0/8'],
      qosControls: { ingressBandwidth: 10_000_000, ingressBurst: 4_294_967_296 },
    });
  });

  test.each<[string, PodFields, readonly string[] | undefined]>([
    [
      'all of its status',
      { status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] } },
      ['10.0.0.1/32', 'fd00::1/128'],
    ],
    [
      'the one of its status',
      { status: { podIP: '10.0.0.1' }, annotations: cni({ podIP: '10.0.0.2' }) },
      ['10.0.0.1/32'],
    ],
    [
      'Calico',
      { annotations: cni({ podIPs: '10.0.0.3,10.0.0.4/32', podIP: '10.0.0.2' }) },
      ['10.0.0.3/32', '10.0.0.4/32'],
    ],
    [
      'older Calico',
      { annotations: { ...cni({ podIP: '10.0.0.2/32' }), 'vpc.amazonaws.com/pod-ips': '10.0.0.9' } },
      ['10.0.0.2/32'],
    ],
    [
      'AWS',
      { annotations: { ...cni({ podIP: '' }), 'vpc.amazonaws.com/pod-ips': '10.0.0.9' } },
      ['10.0.0.9/32'],
    ],
    ['nobody', {}, undefined],
  ])('has addresses from %s', async (_, fields, networks) => {
    expect<unknown>((await specOf(fields))['ipNetworks']).toEqual(networks);
  });

  const DELETED = { deletionTimestamp: '2026-01-31T13:00:00Z' };

  test.each<[string, PodFields, boolean]>([
    ['failed', { status: { podIP: '10.0.0.1', phase: 'Failed' } }, false],
    ['succeeded', { status: { podIP: '10.0.0.1', phase: 'Succeeded' } }, false],
    ['completed', { status: { podIP: '10.0.0.1', phase: 'Completed' } }, false],
    ['runs', { status: { podIP: '10.0.0.1', phase: 'Running' }, annotations: cni({ podIP: '' }) }, true],
    ['is being deleted', { status: { podIP: '10.0.0.1' }, metadata: DELETED }, true],
    [
      'was torn down',
      { status: { podIP: '10.0.0.1' }, metadata: DELETED, annotations: cni({ podIP: '' }) },
      false,
    ],
    [
      'was torn down by AWS',
      { status: { podIP: '10.0.0.1' }, metadata: DELETED, annotations: { 'vpc.amazonaws.com/pod-ips': '' } },
      false,
    ],
  ])('whose pod %s', async (_, fields, has) => {
    const annotations = { ...fields.annotations, ...cni({ floatingIPs: '["192.0.2.1"]' }) };
    const spec = await specOf({ ...fields, annotations });
    expect([spec['ipNetworks'] !== undefined, spec['ipNATs'] !== undefined]).toEqual([has, has]);
  });

  test.each<[string, PodFields]>([
    ['its address "10.0.0" is not an IP address', { status: { podIP: '10.0.0' } }],
    [
      'its annotation cni.projectcalico.org/floatingIPs is not a JSON list of texts: 192.0.2.1',
      { status: { podIP: '10.0.0.1' }, annotations: cni({ floatingIPs: '192.0.2.1' }) },
    ],
    [
      'it has floating addresses, but its own, 10.0.0.0/24, is not a single address',
      { annotations: cni({ podIP: '10.0.0.0/24', floatingIPs: '[]' }) },
    ],
    [
      'its annotation cni.projectcalico.org/allowedSourcePrefixes has "10.0.0.1", which is no CIDR',
      { annotations: cni({ allowedSourcePrefixes: '["10.0.0.1"]' }) },
    ],
  ])('%s', async (reason, fields) => {
    await expect(endpoint(fields)).rejects.toMatchObject({
      errorClass: 'corrupt',
      message: `WorkloadEndpoint(shop/${NAME}) cannot be read: of the pod web-0 no endpoint can be made: ${reason}`,
    });
    const [page] = await all(workloadEndpoints(memoryApi({ pods: [pod(fields)] }), kind).list({ kind }));
    expect(page).toEqual({ items: [], version: '100', corrupt: [{ entry: 'pods/shop/web-0', reason }] });
  });

  test('has an interface named as Felix is told', async () => {
    process.env['FELIX_INTERFACEPREFIX'] = 'tap,cali';
    expect((await specOf({}))['interfaceName']).toBe('tapa4fc3c48bd8');
  });

  test.each([62, 63])(
    'has its service account as a label where that is possible: %d characters',
    async (length) => {
      const account = 'a'.repeat(length);
      const { metadata } = await endpoint({ spec: { serviceAccountName: account } });
      expect(metadata.labels?.['projectcalico.org/serviceaccount']).toBe(
        length < 63 ? account : (undefined as never),
      );
    },
  );
});

const CLUSTER = {
  pods: [
    pod(),
    pod({ spec: { hostNetwork: true } }, 'host'),
    pod({ spec: { nodeName: '' } }, 'pending'),
    pod({ spec: { nodeName: 'other' } }, 'api'),
  ],
};

describe('endpoints', () => {
  const store = () => workloadEndpoints(memoryApi(CLUSTER), kind);

  test.each([
    ['worker--1-k8s-host-eth0', 'the pod host has no endpoint'],
    ['worker--1-k8s-pending-eth0', 'the pod pending has no endpoint'],
    ['worker--1-k8s-api-eth0', 'the endpoint of the pod api is other-k8s-api-eth0'],
    ['worker--1-k8s-web--0-eth1', 'the endpoint of the pod web-0 is worker--1-k8s-web--0-eth0'],
    ['worker--1-k8s-nosuch-eth0', 'WorkloadEndpoint(shop/worker--1-k8s-nosuch-eth0)'],
    ['worker--1-k8s-web--0', 'names of endpoints have the form'],
    ['worker-1-k8s-web-0-eth0', 'names of endpoints have the form'],
    ['worker--1-cni-web--0-eth0', 'names of endpoints have the form'],
  ])('%s is none', async (name, why) => {
    for (const attempt of [store().get, store().delete])
      await expect(attempt(ref(name))).rejects.toMatchObject({
        errorClass: 'not-found',
        message: expect.stringContaining(why),
      });
  });

  test('are listed by namespace and beginning of the name; the node is for the server to select', async () => {
    const api = memoryApi(CLUSTER);
    const names = async (namespace: string | undefined, namePrefix: string) => {
      const query = { kind, namePrefix, ...(namespace === undefined ? {} : { namespace }) };
      const pages = await all(workloadEndpoints(api, kind).list(query));
      return pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
    };
    expect(await names(undefined, '')).toEqual(['other-k8s-api-eth0', NAME]);
    expect(await names('dev', '')).toEqual([]);
    expect(await names('shop', 'worker--1-k8s-web')).toEqual([NAME]);
    expect(await names('shop', 'worker-')).toEqual([NAME]);
    expect(api.asked).toEqual(['list pods', 'list pods', 'list pods spec.nodeName=worker-1', 'list pods']);
  });

  test('are watched; what has none is left out', async () => {
    const api = memoryApi();
    for (const object of CLUSTER.pods) api.events.push({ type: 'MODIFIED', object });
    api.events.push({ type: 'DELETED', object: pod() });
    api.events.push({ type: 'ADDED', object: pod({ status: { podIP: 'x' } }) });
    const changes = await all(workloadEndpoints(api, kind).watch({ kind }, '1'));
    expect(changes.map(({ type, resource }) => [type, resource.metadata.name])).toEqual([
      ['modified', NAME],
      ['modified', 'other-k8s-api-eth0'],
      ['deleted', NAME],
    ]);
  });

  test('are not written', async () => {
    const one = await store().get(ref());
    for (const attempt of [store().create, store().update])
      await expect(attempt(ref(), one)).rejects.toMatchObject({
        errorClass: 'not-supported',
        message: expect.stringContaining(
          `WorkloadEndpoint(shop/${NAME}): endpoints of the kubernetes datastore are made`,
        ),
      });
  });
});

const UID = '"uid":"2413a255-9d47-42e7-8f37-0b70fa7c8728"';
const BLANK = '"annotations":{"cni.projectcalico.org/podIP":"","cni.projectcalico.org/podIPs":""}';

describe('deleting an endpoint', () => {
  test('blanks the addresses of this very pod', async () => {
    const annotations = cni({ podIP: '10.0.0.1', podIPs: '10.0.0.1', containerID: 'c' });
    const api = memoryApi({ pods: [pod({ annotations })] });
    const deleted = await workloadEndpoints(api, kind).delete(ref());
    expect(deleted.spec['ipNetworks']).toEqual(['10.0.0.1/32']);
    expect(api.asked).toEqual([
      'get pods shop/web-0',
      `patch pods/status shop/web-0 strategic-merge {"metadata":{${BLANK},${UID}}}`,
    ]);
    expect(api.find('pods', 'web-0', 'shop')?.metadata.annotations).toEqual(
      cni({ podIP: '', podIPs: '', containerID: 'c' }),
    );
  });

  test('at a version', async () => {
    const api = memoryApi({ pods: [pod()] });
    await workloadEndpoints(api, kind).delete(ref(), '7');
    expect(api.asked.at(-1)).toContain(`${UID},"resourceVersion":"7"`);
  });

  const failing = (error: CalicoctlError, pods = [pod()]) => {
    const api = memoryApi({ pods });
    api.beforeWrite = () => {
      throw error;
    };
    return workloadEndpoints(api, kind).delete(ref(), '7');
  };

  test.each([
    ['uid', 'not-found', 'its pod was replaced by another one meanwhile'],
    ['resourceVersion', 'conflict', 'was changed since it was read'],
  ] as const)('is refused by the server for another %s', async (field, errorClass, message) => {
    const problems = [{ path: ['metadata', field], message: 'field is immutable' }];
    await expect(failing(new CalicoctlError('validation', 'refused', { problems }))).rejects.toMatchObject({
      errorClass,
      message: expect.stringContaining(message),
    });
  });

  test('is done where only the answer was lost', async () => {
    const lost = new CalicoctlError('unavailable', 'the connection broke', { mayBeDone: true });
    await expect(failing(lost)).rejects.toThrow('the connection broke');
    const done = pod({ annotations: cni({ podIP: '', podIPs: '' }) });
    expect((await failing(lost, [done])).metadata.name).toBe(NAME);
  });
});

test('names are read as they are made', () => {
  const word = fc.stringMatching(/^[a-z0-9](-{0,3}[a-z0-9.])*$/, { maxLength: 12 });
  fc.assert(
    fc.property(word, word, word, (node, pod, endpoint) => {
      const name = workloadEndpointName({ orchestrator: 'k8s', node, pod, endpoint })!;
      expect(parseWorkloadEndpointName(name)).toEqual({ orchestrator: 'k8s', node, workload: pod, endpoint });
    }),
  );
});
