import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { main } from '../../../src/cli/main.ts';
import type { DefinitionObject } from '../../../src/datastore/definitions.ts';
import { edited, oneOfOurs, SPEC, VERSION } from '../../operations/crds/memory.ts';
import { type ApiServer, startApiServer } from '../../testbed/api-server.ts';

let kube: ApiServer;
let native: ApiServer;
beforeAll(async () => {
  [kube, native] = await Promise.all([startApiServer({ bare: true }), startApiServer({ bare: true })]);
}, 120_000);
afterAll(async () => {
  await Promise.all([kube?.stop(), native?.stop()]);
});

interface How {
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed on the terminal; there is none where this is absent. */
  readonly typed?: string;
  /** Ctrl-C comes as soon as the plan is shown. */
  readonly interrupted?: boolean;
}

/** Runs a command line on an API server. */
async function calicoctl(
  line: string,
  { kubeconfig = kube.kubeconfig, env = {}, typed, interrupted }: How = {},
) {
  const interrupt = new AbortController();
  let [out, err] = ['', ''];
  const status = await main(line.split(' '), {
    out: (text) => {
      out += text;
      if (interrupted) interrupt.abort();
    },
    err: (text) => {
      err += text;
    },
    stdin: async function* () {
      yield new TextEncoder().encode(typed);
    },
    env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kubeconfig, NO_COLOR: '1', ...env },
    cwd: '/',
    terminal: { out: typed !== undefined, err: typed !== undefined, in: typed !== undefined },
    signal: interrupt.signal,
  });
  return { status, out, err };
}

/** Asks an API server as its admin. */
async function ask(server: ApiServer, method: string, path: string, body?: object) {
  return fetch(`${server.url}${path}`, {
    method,
    tls: { ca: readFileSync(server.ca, 'utf8') },
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function definitionNames(server: ApiServer): Promise<readonly string[]> {
  const { items } = (await (await ask(server, 'GET', DEFINITIONS)).json()) as { items: DefinitionObject[] };
  return items.map(({ metadata }) => metadata.name);
}

async function definition(name: string): Promise<DefinitionObject> {
  return (await (await ask(kube, 'GET', `${DEFINITIONS}/${name}`)).json()) as DefinitionObject;
}

/** Changes a stored definition as with an editor. */
async function edit(name: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const body = edited(await definition(name), changes);
  expect((await ask(kube, 'PUT', `${DEFINITIONS}/${name}`, body)).status).toBe(200);
}

const POOLS = 'ippools.crd.projectcalico.org';
const POOL =
  '{"apiVersion":"projectcalico.org/v3","kind":"IPPool","metadata":{"name":"main"},"spec":{"cidr":"10.0.0.0/16"}}';
const OBJECTS = 'ClusterInformation(default), Tier(default), Tier(kube-admin), Tier(kube-baseline)';
const CREATED = `Successfully created 22 definition(s)\nSuccessfully created ${OBJECTS}\n`;
const NOTHING = { status: 0, out: 'Nothing to do: the datastore is ready\n', err: '' };

async function createPool(kubeconfig: string): Promise<object> {
  const file = `${process.env['TMPDIR'] ?? '/tmp'}/calicoctl-init-${process.pid}.json`;
  await Bun.write(file, POOL);
  try {
    return await calicoctl(`create -f ${file}`, { kubeconfig });
  } finally {
    await Bun.file(file).delete();
  }
}

const POOL_CREATED = { status: 0, out: "Successfully created 1 'IPPool' resource(s)\n", err: '' };

describe('an API server that knows nothing of Calico', () => {
  test('is said to need this command', async () => {
    const { status, err } = await calicoctl('get ippool');
    expect({ status, err }).toMatchObject({ status: 1, err: expect.stringContaining('datastore init') });
  });

  test('shows in a dry run what it would get', async () => {
    const { status, out, err } = await calicoctl('datastore init --dry-run');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toStartWith('Definitions of crd.projectcalico.org/v1: 22 to create\n  create bgpconf');
    expect(out).toEndWith(`Objects to create: ${OBJECTS}\n`);
  });

  test('is not changed by who may not, and the error says what is missing', async () => {
    const { status, err } = await calicoctl('datastore init --yes', { kubeconfig: kube.limited.kubeconfig });
    expect(status).toBe(1);
    expect(err).toContain('user "limited" may not get customresourcedefinitions.apiextensions.k8s.io');
  });

  test('is not changed without a yes', async () => {
    const unasked = await calicoctl('datastore init');
    expect(unasked).toMatchObject({
      status: 1,
      err: 'nothing was changed: there is no terminal to ask for a yes on\n  Add --yes to make these changes, or --dry-run to only look at them.\n',
    });
    const refused = await calicoctl('datastore init', { typed: 'no\n' });
    expect(refused.status).toBe(1);
    expect(refused.err).toBe('Change the definitions of the cluster so? [y/N] nothing was changed\n');
    expect(await definitionNames(kube)).toEqual([]);
  });

  test('is not said to be ready after Ctrl-C', async () => {
    const { status, out, err } = await calicoctl('datastore init --yes', { interrupted: true });
    expect({ status, err }).toEqual({ status: 130, err: 'cancelled\n' });
    expect(out).toEndWith('  create tiers.crd.projectcalico.org\n');
  });

  test('gets all that is needed, and then has it', async () => {
    const { status, out } = await calicoctl('datastore init', { typed: 'y\n' });
    expect({ status, end: out.slice(-CREATED.length) }).toEqual({ status: 0, end: CREATED });
    expect(await calicoctl('datastore init')).toEqual(NOTHING);
    expect(await createPool(kube.kubeconfig)).toEqual(POOL_CREATED);
  }, 60_000);

  test('takes no second group unless forced', async () => {
    const { status, err } = await calicoctl('datastore init --yes --api-group v3');
    expect(status).toBe(1);
    expect(err).toStartWith(
      "the cluster keeps Calico's resources in crd.projectcalico.org/v1 (22 definitions)",
    );
    const forced = await calicoctl('datastore init --dry-run --force --api-group v3');
    expect(forced.out).toEndWith('create tiers.projectcalico.org\n');
    expect(await definitionNames(kube)).toHaveLength(22);
  });

  test('is not prepared in another group than the setting says', async () => {
    const env = { CALICO_API_GROUP: 'projectcalico.org/v3' };
    const { status, err } = await calicoctl('datastore init --yes --api-group v1', { env });
    expect(status).toBe(1);
    expect(err).toStartWith('--api-group asks for crd.projectcalico.org, but calicoAPIGroup is set to');
  });

  test('gets the native group where that is asked for, from two at once', async () => {
    const line = 'datastore init --yes --api-group projectcalico.org/v3';
    const { kubeconfig } = native;
    const both = await Promise.all([calicoctl(line, { kubeconfig }), calicoctl(line, { kubeconfig })]);
    expect(both.map(({ status, err }) => ({ status, err }))).toEqual([
      { status: 0, err: '' },
      { status: 0, err: '' },
    ]);
    expect(await calicoctl('datastore init', { kubeconfig })).toEqual(NOTHING);
    expect(await createPool(kubeconfig)).toEqual(POOL_CREATED);
    expect((await ask(native, 'GET', '/apis/projectcalico.org/v3/ippools/main')).status).toBe(200);
  }, 60_000);
});

describe('a definition that somebody changed', () => {
  test('shows in the diff, and is put right but for what others added', async () => {
    await edit(POOLS, {
      '/metadata/labels': { team: 'net' },
      [`${SPEC}/properties/blockSize/maximum`]: 64,
      [`${SPEC}/properties/cidr/description`]: 'The CIDR.',
      '/spec/versions/-': { ...(await oneOfOurs('ippools')).spec.versions[0], name: 'v2', storage: false },
    });
    const { out } = await calicoctl('datastore init --dry-run');
    expect(out).toContain(`--- ${POOLS} (cluster)\n+++ ${POOLS} (calicoctl)\n@@ `);
    expect(out.split('\n').filter((line) => /^[+-] /.test(line))).toEqual([
      '-                maximum: 64',
      '+                maximum: 128',
    ]);
    expect((await calicoctl('datastore init --yes')).out).toEndWith('Successfully changed 1 definition(s)\n');
    const { metadata, spec } = await definition(POOLS);
    expect(metadata.labels).toEqual({ team: 'net' });
    expect(spec.versions.map(({ name, storage }) => ({ name, storage }))).toEqual([
      { name: 'v1', storage: true },
      { name: 'v2', storage: false },
    ]);
    expect(await calicoctl('datastore init')).toEqual(NOTHING);
  });

  test('to know more is left alone unless forced', async () => {
    await edit(POOLS, { [`${SPEC}/properties/future`]: { type: 'string' }, [`${VERSION}/deprecated`]: true });
    const { status, out } = await calicoctl('datastore init --yes');
    expect({ status, out }).toEqual({
      status: 0,
      out: [
        'Definitions of crd.projectcalico.org/v1: 1 to leave alone, 21 up to date',
        `  leave  ${POOLS}: it has spec.future, which this calicoctl does not know; --force replaces it all the same`,
        NOTHING.out,
      ].join('\n'),
    });
    const forced = await calicoctl('datastore init --yes --force -o json');
    const { definitions, applied } = JSON.parse(forced.out);
    expect(applied).toBe(true);
    expect(definitions.filter(({ action }: { action: string }) => action !== 'none')).toEqual([
      { name: POOLS, action: 'change', unknown: ['spec.future'] },
    ]);
    expect(await calicoctl('datastore init')).toEqual(NOTHING);
    expect((await calicoctl('get ippool main -o name')).out).toBe('ippool/main\n');
  });
});
