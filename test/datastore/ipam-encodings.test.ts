import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type JsonObject, parseJson, stringifyJson } from '../../src/core/json.ts';
import { keyOf } from '../../src/datastore/etcdv3/keys.ts';
import { decodeValue, encodeValue } from '../../src/datastore/etcdv3/values.ts';
import { parseManifest, printManifest } from '../../src/datastore/file/manifest.ts';
import { loadYaml } from '../../src/datastore/file/yaml.ts';
import type { KubeObject } from '../../src/datastore/kubernetes/api/api.ts';
import type { CalicoGroup } from '../../src/datastore/kubernetes/backing.ts';
import { ipamForm } from '../../src/datastore/kubernetes/objects/ipamforms.ts';
import { canonical } from '../../src/resources/document.ts';
import { API_VERSION, type Kind, type Resource } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';

/** Address management's objects, written and read again in each datastore's own words. */

const yaml = await loadYaml();

type Trip = (kind: Kind, resource: Resource) => Resource;

const throughJson = <T>(value: T) => parseJson(stringifyJson(value)) as unknown as T;

const kubernetes =
  (group: CalicoGroup): Trip =>
  (kind, resource) => {
    const form = ipamForm(kind, group);
    const object = throughJson(form.write({ kind, name: resource.metadata.name }, resource));
    return form.read(object as KubeObject);
  };

const folder =
  (ending: string): Trip =>
  (kind, resource) => {
    const text = printManifest(yaml, canonical(kind, resource), ending);
    return parseManifest(yaml, text, `x${ending}`, { kind, name: resource.metadata.name }, '1');
  };

const TRIPS: readonly (readonly [string, Trip])[] = [
  [
    'etcd',
    (kind, resource) => {
      const key = keyOf({ kind, name: resource.metadata.name });
      return decodeValue(kind, key, encodeValue(kind, resource), '1');
    },
  ],
  ['Kubernetes, crd.projectcalico.org', kubernetes('crd.projectcalico.org/v1')],
  ['Kubernetes, projectcalico.org', kubernetes('projectcalico.org/v3')],
  ['folder, YAML', folder('.yaml')],
  ['folder, JSON', folder('.json')],
];

const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n).map((value) => (value < 2n ** 53n ? Number(value) : value));
const word = fc.stringMatching(/^[a-z][a-zA-Z0-9.-]{0,12}$/);
const words = fc.dictionary(word, fc.string({ maxLength: 8 }), {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});
const unknown = fc.record(
  { newerField: fc.oneof(fc.string(), uint64, fc.constant([1, null, { deep: 2n ** 60n }])) },
  { requiredKeys: [] },
);
const cidrs = fc.constantFrom('10.20.0.64/26', '192.0.2.1/32', 'fd00:96::40/122', '2001:db8::/116');

const attribute = fc.record(
  { handle_id: word, secondary: words, alternateOwnerAttrs: words, releasedAt: time },
  { requiredKeys: [] },
);

const blocks = fc
  .record({
    known: fc.record(
      {
        affinity: fc.constantFrom('host:worker-1', 'virtual:load-balancer', null),
        affinityClaimTime: time,
        allocations: fc.array(fc.option(fc.nat(5)), { minLength: 1 }),
        unallocated: fc.array(fc.nat(63), { minLength: 1 }),
        attributes: fc.array(
          fc.tuple(attribute, unknown).map(([a, b]) => ({ ...a, ...b })),
          { minLength: 1, maxLength: 4 },
        ),
        sequenceNumber: uint64,
        sequenceNumberForAllocation: fc.dictionary(fc.nat(63).map(String), uint64, {
          minKeys: 1,
          noNullPrototype: true,
        }),
        deleted: fc.boolean(),
      },
      {
        requiredKeys: [
          'affinity',
          'allocations',
          'unallocated',
          'attributes',
          'sequenceNumber',
          'sequenceNumberForAllocation',
          'deleted',
        ],
      },
    ),
    unknown,
    cidr: cidrs,
  })
  .map(({ known, unknown: more, cidr }) => ({ name: cidr, spec: { cidr, ...known, ...more } }));

const handles = fc
  .record({
    id: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,40}$/),
    block: fc.dictionary(cidrs, fc.nat(), { minKeys: 1, noNullPrototype: true }),
    deleted: fc.boolean(),
    unknown,
  })
  .map(({ id, block, deleted, unknown: more }) => ({
    name: id,
    spec: { handleID: id, block, deleted, ...more },
  }));

const affinities = fc
  .record({
    type: fc.constantFrom('host', 'virtual'),
    node: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,30}[a-z0-9]$/),
    cidr: cidrs,
    state: fc.constantFrom('', 'confirmed', 'pending', 'pendingDeletion'),
    deleted: fc.boolean(),
    unknown,
  })
  .map(({ type, node, cidr, unknown: more, ...spec }) => ({
    name: `${type}/${node}/${cidr}`,
    spec: { ...spec, node, type, cidr, ...more },
  }));

const configs = fc
  .record({
    strictAffinity: fc.boolean(),
    autoAllocateBlocks: fc.boolean(),
    maxBlocksPerHost: fc.nat(),
    kubeVirtVMAddressPersistence: fc.constantFrom('Enabled', 'Disabled'),
    ipCooldownSeconds: fc.nat(1200),
  })
  .map((spec) => ({ name: 'default', spec }));

/** What is not said is false, zero or null, whichever way it is written. */
function meaning(spec: JsonObject): unknown {
  const said = Object.entries(spec).filter(
    ([, value]) => value !== null && value !== false && value !== 0 && value !== '',
  );
  return throughJson(Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1))));
}

const ALL = { IPAMBlock: blocks, IPAMHandle: handles, BlockAffinity: affinities, IPAMConfig: configs };

describe.each(TRIPS)('in %s', (_store, trip) => {
  test.each(Object.entries(ALL))('%s is read as it was written', async (word, values) => {
    const kind = await kindOf(word);
    fc.assert(
      fc.property(values as typeof configs, ({ name, spec }) => {
        const read = trip(kind, {
          apiVersion: API_VERSION,
          kind: word,
          metadata: { name },
          spec: spec as JsonObject,
        });
        expect(read.metadata.name).toBe(name);
        expect(meaning(read.spec)).toEqual(meaning(spec as JsonObject));
        expect(trip(kind, read).spec).toEqual(read.spec);
      }),
      { numRuns: 60 },
    );
  });
});
