import { describe, expect, test } from 'bun:test';
import { parseJson } from '../../../src/core/json.ts';
import type { Ref, Resource } from '../../../src/resources/kind.ts';
import type { ExecutableEnvironment } from './executable-environment.ts';
import { globalSet, globalSetRef, NetworkPolicy } from './objects.ts';

/** What a newer Calico stored must outlive the executable, which refuses such fields in its own input. */

const SPEC = {
  nets: ['10.0.0.0/16'],
  future: { list: [1, 'two', { three: null }], large: 9_007_199_254_740_993n },
  another: 'x',
};

const FUTURE = `{
  "kind": "GlobalNetworkSet",
  "apiVersion": "projectcalico.org/v3",
  "metadata": {
    "name": "a", "uid": "00000000-0000-4000-8000-000000000001", "creationTimestamp": "2026-01-31T12:00:00Z",
    "sideNote": {"kept": ["yes"]}
  },
  "spec": {
    "nets": ["10.0.0.0/16"],
    "future": {"list": [1, "two", {"three": null}], "large": 9007199254740993},
    "another": "x"
  },
  "extra": {"top": true}
}
`;

const RULE = { action: 'Allow', source: { nets: ['10.0.0.0/8'], futureMatch: { deep: [0, false, ''] } } };
const POLICY = {
  kind: 'NetworkPolicy',
  apiVersion: 'projectcalico.org/v3',
  metadata: { name: 'p', namespace: 'dev', uid: '00000000-0000-4000-8000-000000000002' },
  spec: { ingress: [RULE], types: ['Ingress'] },
};

/** Command lines that change the planted object and leave the unknown fields alone, and what they change. */
const CHANGES: readonly (readonly [what: string, args: readonly string[], changed: object])[] = [
  ['label', ['label', 'globalnetworkset', 'a', 'x=y'], { labels: { x: 'y' } }],
  [
    'strategic patch',
    ['patch', 'globalnetworkset', 'a', '-p', '{"metadata":{"labels":{"x":"y"}}}'],
    { labels: { x: 'y' } },
  ],
  [
    'merge patch',
    ['patch', 'globalnetworkset', 'a', '-t', 'merge', '-p', '{"metadata":{"annotations":{"n":"1"}}}'],
    { annotations: { n: '1' } },
  ],
  [
    'JSON patch',
    [
      ...['patch', 'globalnetworkset', 'a', '-t', 'json', '-p'],
      '[{"op":"add","path":"/metadata/labels","value":{"x":"z"}}]',
    ],
    { labels: { x: 'z' } },
  ],
];

async function done(
  environment: ExecutableEnvironment,
  args: readonly string[],
  stdin = '',
): Promise<string> {
  const { status, out, err } = await environment.run(args, stdin);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return out;
}

async function read(environment: ExecutableEnvironment, ...what: readonly string[]): Promise<Resource> {
  return parseJson(await done(environment, ['get', ...what, '-o', 'json'])) as unknown as Resource;
}

/** Declares the tests for one way of storing. */
export function describeSurvival(name: string, open: () => Promise<ExecutableEnvironment>): void {
  const isolated = (what: string, run: (environment: ExecutableEnvironment) => Promise<void>) =>
    test(what, async () => {
      const environment = await open();
      try {
        await run(environment);
      } finally {
        await environment.cleanup();
      }
    }, 60_000);

  describe(`${name} keeps what a newer Calico stored`, () => {
    for (const [what, args, changed] of CHANGES) {
      isolated(`through a ${what}`, async (environment) => {
        await environment.plant(globalSetRef('a'), FUTURE);
        await done(environment, args);
        const { metadata, spec, ...rest } = await read(environment, 'globalnetworkset', 'a');
        expect(spec as object).toEqual(SPEC);
        expect(metadata).toMatchObject({ ...changed, sideNote: { kept: ['yes'] } });
        expect(rest as object).toEqual({
          kind: 'GlobalNetworkSet',
          apiVersion: 'projectcalico.org/v3',
          extra: { top: true },
        });
      });
    }

    for (const verb of ['replace', 'apply']) {
      isolated(`through ${verb} of an object that does not name it`, async (environment) => {
        await environment.plant(globalSetRef('a'), FUTURE);
        const { uid: _, creationTimestamp: __, ...metadata } = globalSet('a').metadata;
        const given = { ...globalSet('a', { nets: ['10.7.0.0/16'] }), metadata };
        await done(environment, [verb, '-f', '-'], JSON.stringify(given));
        const read1 = await read(environment, 'globalnetworkset', 'a');
        expect(read1.spec as object).toEqual({ ...SPEC, nets: ['10.7.0.0/16'] });
        expect(read1.metadata['sideNote']).toEqual({ kept: ['yes'] });
      });
    }

    isolated('below known fields, through a patch beside them', async (environment) => {
      const ref: Ref = { kind: NetworkPolicy, namespace: 'dev', name: 'p' };
      await environment.plant(ref, JSON.stringify(POLICY));
      await done(environment, ['patch', 'networkpolicy', 'p', '-n', 'dev', '-p', '{"spec":{"order":5}}']);
      const { spec } = await read(environment, 'networkpolicy', 'p', '-n', 'dev');
      expect(spec).toMatchObject({ order: 5, ingress: [RULE] });
    });

    isolated('and takes no such field from its own input', async (environment) => {
      const given = globalSet('a', { another: 'x' });
      const { status, out, err } = await environment.run(['create', '-f', '-'], JSON.stringify(given));
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toContain('spec.another');
      expect((await environment.run(['get', 'globalnetworkset', 'a'])).status).toBe(1);
    });
  });
}
