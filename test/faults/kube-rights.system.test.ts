import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import { calicoctl, type Ended, type Env, type Folder, temporaryFolder } from './program.ts';

/** Of each sort so many: more than are tried where all are refused. */
const EACH = 40;

let kube: KubeVictim;
let folder: Folder;
let limited: Env;
let file: string;
beforeAll(async () => {
  kube = await startKubeVictim();
  folder = temporaryFolder();
  limited = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kube.limited.kubeconfig };
  await asAdmin('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  file = folder.write('mixed.yaml', mixed());
}, 60_000);
afterAll(async () => {
  await kube.stop();
  folder.remove();
});

/** Sets in two namespaces and in none, mixed, and a pool; the user may write those in namespace default only. */
function mixed(): string {
  const of = (kind: string, metadata: object, spec: object) =>
    JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind, metadata, spec });
  const sets = Array.from({ length: EACH }, (_, i) => [
    of('NetworkSet', { name: `s${i}`, namespace: 'default' }, { nets: ['10.0.0.0/8'] }),
    of('NetworkSet', { name: `s${i}`, namespace: 'other' }, { nets: ['10.0.0.0/8'] }),
    of('GlobalNetworkSet', { name: `s${i}` }, { nets: ['10.0.0.0/8'] }),
  ]);
  return [...sets.flat(), of('IPPool', { name: 'pool' }, { cidr: '10.0.0.0/16' })].join('\n---\n');
}

async function asAdmin(path: string, object: object): Promise<void> {
  const { status } = await fetch(`${kube.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${kube.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(object),
    tls: { ca: readFileSync(kube.ca, 'utf8') },
  });
  expect([200, 201, 409]).toContain(status);
}

interface Granted {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Does what the messages tell an administrator to do; returns the names of the roles. */
async function grant(err: string): Promise<string[]> {
  const objects = err
    .split('\n')
    .filter((line) => /^ +\{apiVersion: rbac/.test(line))
    .flatMap((line) => loadAll(line) as Granted[]);
  for (const object of objects) {
    const { namespace } = object.metadata;
    const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
    await asAdmin(`/apis/rbac.authorization.k8s.io/v1${place}/${object.kind.toLowerCase()}s`, object);
  }
  return objects.filter(({ kind }) => kind.endsWith('Role')).map(({ metadata }) => metadata.name);
}

async function names(kind: string, ...flags: string[]): Promise<number> {
  const { out } = await calicoctl(['get', kind, '-o', 'name', ...flags], kube.env);
  return out.split('\n').length - 1;
}

function numbers({ err }: Ended): { failed: number; left: number } {
  const [failed, left] = (
    /^In all: 40 of 121 resources were applied, (\d+) failed, (\d+) were not tried\.$/m.exec(err) ?? [err]
  )
    .slice(1)
    .map(Number);
  return { failed: failed!, left: left! };
}

describe('a user who may write sets in one namespace only', () => {
  test('is told of the right that the version check takes, and reads without it', async () => {
    const apply = await calicoctl(['apply', '-f', file], limited);
    expect({ status: apply.status, out: apply.out }).toEqual({ status: 1, out: '' });
    expect(apply.err).toStartWith(
      'unable to get Cluster Information to verify version mismatch: user "limited" may not get clusterinformations.crd.projectcalico.org in the whole cluster\n',
    );
    expect(apply.err).toEndWith('  Or add --allow-version-mismatch to go on without this check.\n');
    const get = await calicoctl(['get', 'networkset', '-n', 'default'], limited);
    expect(get.status).toBe(0);
    expect(get.err).toStartWith('Warning: the cluster’s version cannot be compared with this client’s: ');
  }, 30_000);

  test('gets done what is allowed, and told once of each kind of which nothing is', async () => {
    const apply = await calicoctl(['apply', '-f', file, '--allow-version-mismatch'], limited);
    expect({ status: apply.status, out: apply.out }).toEqual({
      status: 1,
      out: 'Partial success: applied 40 out of 121 resources\n',
    });
    const lines = apply.err.split('\n').filter((line) => /^\S/.test(line));
    const refused = (what: string) =>
      expect.stringMatching(new RegExp(`^Failed to apply.*: user "limited" may not ${what}$`));
    expect(lines.sort()).toEqual([
      refused('create globalnetworksets.crd.projectcalico.org in the whole cluster'),
      refused('create networksets.crd.projectcalico.org in namespace other'),
      refused('list ipamblocks.crd.projectcalico.org in the whole cluster'),
      expect.stringMatching(/^In all: /),
      expect.stringMatching(/^Not tried: \d+ more GlobalNetworkSet resource\(s\), since/),
      expect.stringMatching(/^Not tried: \d+ more NetworkSet resource\(s\) in namespace other, since/),
    ]);
    const { failed, left } = numbers(apply);
    expect(failed + left).toBe(2 * EACH + 1);
    expect(await names('networkset', '-n', 'default')).toBe(EACH);
    expect(await names('networkset', '-n', 'other')).toBe(0);
    expect(await names('globalnetworkset')).toBe(0);
  }, 30_000);

  test('sees what is allowed, and is told once of the rest', async () => {
    const { status, out, err } = await calicoctl(
      ['get', '-f', file, '-o', 'name', '--allow-version-mismatch'],
      limited,
    );
    expect({ status, shown: out.trimEnd().split('\n').length }).toEqual({ status: 1, shown: EACH });
    expect(err.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'user "limited" may not get networksets.crd.projectcalico.org in namespace other',
      'user "limited" may not get globalnetworksets.crd.projectcalico.org in the whole cluster',
      'resource does not exist: IPPool(pool)',
    ]);
  }, 30_000);

  test('gets everything done once the roles of the messages are there', async () => {
    const granted = new Set<string>();
    let apply = await calicoctl(['apply', '-f', file], limited);
    for (let round = 0; round < 6 && apply.status !== 0; round++) {
      for (const name of await grant(apply.err)) granted.add(name);
      apply = await calicoctl(['apply', '-f', file], limited);
    }
    expect(apply).toMatchObject({ status: 0, out: 'Successfully applied 121 resource(s)\n', err: '' });
    // What an earlier round created takes the rights to get and update in the next.
    const created = ['globalnetworksets', 'ippools', 'networksets'];
    const needed = [
      ...['calicoctl-get-clusterinformations', 'calicoctl-list-ipamblocks'],
      ...created.map((plural) => `calicoctl-create-${plural}`),
    ];
    const likely = created.flatMap((plural) => [`calicoctl-get-${plural}`, `calicoctl-update-${plural}`]);
    expect([...granted].filter((name) => !likely.includes(name)).sort()).toEqual(needed.sort());
    expect(await names('globalnetworkset')).toBe(EACH);
  }, 60_000);
});
