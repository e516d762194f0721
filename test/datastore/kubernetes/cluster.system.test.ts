import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Duplex } from 'node:stream';
import { formatError } from '../../../src/core/errors.ts';
import type { ExecRequest, LogRequest, OpenCluster } from '../../../src/datastore/cluster.ts';
import { clusterOf } from '../../../src/datastore/kubernetes/cluster.ts';
import { openScene, type Scene, sceneCluster } from '../../testbed/kube-scene.ts';
import {
  binaryFrame,
  type Kubelet,
  type KubeletOptions,
  startKubelet,
  statusOf,
} from '../../testbed/kubelet.ts';
import { type Cluster as TestbedCluster, testbed } from '../../testbed/testbed.ts';
import { errorOf } from './api/fixture.ts';
import { accessTo, serve } from './http/servers.ts';

/** Everything goes through a real API server, which takes a small server of ours for a kubelet. */

const NS = 'cluster-exec';
const NODE = 'cluster-exec-node';
const CONTAINER = { namespace: NS, pod: 'p', container: 'main' };

let bed: TestbedCluster;
let scene: Scene;
let kubelet: Kubelet;
let cluster: OpenCluster;
let logs: NonNullable<KubeletOptions['logs']>;
let exec: NonNullable<KubeletOptions['exec']>;

beforeAll(async () => {
  // The other one is wiped by runs of recorded scenarios.
  bed = (await testbed()).kubeV3;
  scene = await openScene(bed.adminKubeconfig);
  kubelet = await startKubelet({ logs: (asked) => logs(asked), exec: (asked) => exec(asked) });
  await scene.namespace(NS);
  await scene.node(NODE, kubelet);
  await scene.pod({ namespace: NS, name: 'p', node: NODE, containers: ['main', 'side'] });
  await scene.pod({ namespace: NS, name: 'nowhere', node: 'cluster-exec-gone' });
  await scene.pod({ namespace: NS, name: 'unscheduled', node: '' });
  cluster = await sceneCluster(bed.adminKubeconfig, { requestTimeoutMs: 1000 });
});

afterAll(async () => {
  for (const pod of ['p', 'nowhere', 'unscheduled']) await scene.remove('pods', pod, NS);
  for (const node of [NODE, 'cluster-exec-gone']) await scene.remove('nodes', node);
  await cluster.close();
  await kubelet.stop();
  scene.close();
});

async function logOf(request: Partial<LogRequest> = {}, from = cluster): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of from.logs({ ...CONTAINER, ...request })) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

function run(request: Partial<ExecRequest> = {}, from = cluster) {
  return from.exec({ ...CONTAINER, command: ['prog'], ...request });
}

async function told(promise: Promise<unknown>): Promise<[string, string]> {
  const error = await errorOf(promise);
  return [error.errorClass, formatError(error)];
}

function never(): Promise<never> {
  return new Promise(() => {});
}

describe('logs', () => {
  test('come as they are, with what was asked for', async () => {
    logs = (asked) => JSON.stringify(asked);
    const request = { previous: true, sinceSeconds: 60, tailLines: 3, limitBytes: 500 } as const;
    expect(JSON.parse(await logOf(request))).toEqual({ ...CONTAINER, ...request });
  });

  test('bytes that are no text stay', async () => {
    logs = () => [new Uint8Array([0, 255, 10, 195])];
    let bytes = Buffer.alloc(0);
    for await (const chunk of cluster.logs(CONTAINER)) bytes = Buffer.concat([bytes, chunk]);
    expect([...bytes]).toEqual([0, 255, 10, 195]);
  });

  test('a huge one is read in pieces, and may be left in the middle', async () => {
    const line = `${'x'.repeat(1023)}\n`;
    let made = 0;
    logs = () =>
      (function* () {
        for (let count = 0; count < 200_000; count++) {
          made++;
          yield line;
        }
      })();
    let read = 0;
    for await (const chunk of cluster.logs(CONTAINER)) {
      read += chunk.length;
      if (read > 4 << 20) break;
    }
    expect(read).toBeGreaterThan(4 << 20);
    expect(made).toBeLessThan(100_000);
  });

  test('the server ends them at the limit', async () => {
    logs = () => 'a'.repeat(100_000);
    expect((await logOf({ limitBytes: 1234 })).length).toBe(1234);
  });

  test('what came before the connection broke is there, and the break is told', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200);
      response.write('first\n');
      setTimeout(() => response.destroy(), 50);
    });
    const broken = clusterOf(accessTo(server.url), {
      signal: new AbortController().signal,
      requestTimeoutMs: 1000,
      burst: 1,
    });
    const came: string[] = [];
    const [errorClass, text] = await told(
      (async () => {
        for await (const chunk of broken.logs(CONTAINER)) came.push(String(chunk));
      })(),
    );
    expect([errorClass, came.join('')]).toEqual(['unavailable', 'first\n']);
    expect(text).toContain(`the log of container main of Pod(${NS}/p) ends early`);
    await broken.close();
  });

  test('a kubelet that falls silent is given up', async () => {
    logs = () =>
      (async function* () {
        yield 'first\n';
        await never();
      })();
    const begun = Date.now();
    const [errorClass, text] = await told(logOf());
    expect([errorClass, text]).toEqual(['timeout', expect.stringContaining('nothing more came for 1 s')]);
    expect(Date.now() - begun).toBeLessThan(3000);
  });

  test('of a container that did not start, or never ran before, or is none', async () => {
    logs = () => ({
      status: 400,
      text: 'container "main" in pod "p" is waiting to start: ContainerCreating',
    });
    expect(await told(logOf())).toEqual([
      'not-found',
      `the log of container main of Pod(${NS}/p): container "main" in pod "p" is waiting to start: ContainerCreating`,
    ]);
    logs = () => ({ status: 400, text: 'previous terminated container "main" in pod "p" not found' });
    expect((await told(logOf({ previous: true })))[0]).toBe('not-found');
    expect((await told(logOf({ container: 'none' })))[0]).toBe('not-found');
    expect(await told(logOf({ pod: 'none' }))).toEqual([
      'not-found',
      `the log of container main of Pod(${NS}/none): the pod does not exist`,
    ]);
  });

  test('of a pod that no node has taken', async () => {
    expect(await told(logOf({ pod: 'unscheduled' }))).toEqual([
      'not-found',
      `Pod(${NS}/unscheduled) has no logs: no node runs it`,
    ]);
  });

  test('of a kubelet that is gone are told as such, and soon', async () => {
    const gone = await startKubelet();
    await scene.node('cluster-exec-gone', gone);
    await gone.stop();
    const begun = Date.now();
    const [errorClass, text] = await told(logOf({ pod: 'nowhere' }));
    expect(errorClass).toBe('unavailable');
    expect(text).toContain('the API server does not reach the kubelet of its node');
    expect(text).toContain('connection refused');
    expect((await told(run({ pod: 'nowhere' })))[1]).toContain('does not reach the kubelet of its node');
    expect(Date.now() - begun).toBeLessThan(1500);
  });

  test('are refused with the role that would allow them', async () => {
    const limited = await sceneCluster(bed.limited.kubeconfig);
    const [errorClass, text] = await told(logOf({}, limited));
    expect([errorClass, text]).toEqual(['unauthorized', expect.stringContaining('resources: [pods/log]')]);
    const [execClass, execText] = await told(run({}, limited));
    expect([execClass, execText]).toEqual([
      'unauthorized',
      expect.stringContaining('resources: [pods/exec]'),
    ]);
    await limited.close();
  });
});

describe('exec', () => {
  test('hands the words on as they are and tells both streams and the exit status', async () => {
    exec = ({ command }) => ({ stdout: command.join('|'), stderr: 'grumble', exitCode: 3 });
    const command = ['sh', '-c', 'a b; $HOME "q" ü & = %', ''] as const;
    expect(await run({ command })).toEqual({ stdout: command.join('|'), stderr: 'grumble', exitCode: 3 });
  });

  test('characters that are cut by messages come together again', async () => {
    const text = `${'ü'.repeat(50_000)}\n`;
    exec = () => ({ stdout: text });
    expect(await run()).toEqual({ stdout: text, stderr: '', exitCode: 0 });
  });

  test('a program that cannot be started', async () => {
    exec = () => ({ failure: 'exec: "prog": executable file not found in $PATH' });
    expect(await run()).toEqual({
      stdout: '',
      stderr: '',
      exitCode: undefined,
      failure: 'exec: "prog": executable file not found in $PATH',
    });
  });

  test('a container that is none, and one that the kubelet does not find', async () => {
    expect((await told(run({ container: 'none' })))[0]).toBe('not-found');
    exec = () => ({ refusal: { status: 404, text: 'container not found ("main")' } });
    expect(await told(run())).toEqual([
      'not-found',
      `container main of Pod(${NS}/p): container not found ("main")`,
    ]);
  });

  test('more than is kept ends it', async () => {
    exec = () => ({ stdout: 'y'.repeat(200_000) });
    expect(await run({ limit: 1000 })).toEqual({
      stdout: 'y'.repeat(1000),
      stderr: '',
      exitCode: undefined,
      failure: 'it printed more than 1000 bytes',
      cut: true,
    });
  });

  test('a program that does not end', async () => {
    exec = () => (connection: Duplex) =>
      connection.write(binaryFrame(Buffer.from([1]), Buffer.from('so far')));
    const begun = Date.now();
    expect(await told(run({ timeoutMs: 300 }))).toEqual([
      'timeout',
      `container main of Pod(${NS}/p): prog did not end within 0.3 s\n  It may still be running there; nothing waits for it any more.`,
    ]);
    expect(Date.now() - begun).toBeLessThan(1500);
  });

  test('a kubelet that never answers', async () => {
    exec = never;
    expect((await told(run({ timeoutMs: 200 })))[0]).toBe('timeout');
    expect(await told(run({ timeoutMs: 9000 }))).toEqual([
      'timeout',
      expect.stringContaining('no answer within 1 s'),
    ]);
  });

  test('Ctrl-C ends it', async () => {
    const stop = new AbortController();
    const ours = await sceneCluster(bed.adminKubeconfig, { signal: stop.signal });
    exec = () => () => {};
    const running = told(run({}, ours));
    setTimeout(() => stop.abort(), 100);
    expect(await running).toEqual(['cancelled', 'cancelled']);
    await ours.close();
  });

  test('with a client certificate', async () => {
    const ours = await sceneCluster(bed.certificateKubeconfig);
    exec = () => ({ stdout: 'hello' });
    expect((await run({}, ours)).stdout).toBe('hello');
    await ours.close();
  });
});

const status = (ran: Parameters<typeof statusOf>[0]) =>
  binaryFrame(Buffer.from([3]), Buffer.from(JSON.stringify(statusOf(ran))));
const out = (text: string) => Buffer.concat([Buffer.from([1]), Buffer.from(text)]);

describe('frames', () => {
  const play = async (...pieces: Uint8Array[]) => {
    exec = () => async (connection: Duplex) => {
      for (const piece of pieces) {
        connection.write(piece);
        await new Promise((done) => setTimeout(done, 2));
      }
    };
    return run({ timeoutMs: 2000 });
  };

  test('one byte at a time, in fragments, with a ping between them', async () => {
    const message = out('in parts');
    const bytes = Buffer.concat([
      Buffer.from([0x02, 4]),
      message.subarray(0, 4),
      Buffer.from([0x89, 2, 104, 105]),
      Buffer.from([0x80, message.length - 4]),
      message.subarray(4),
      status({}),
    ]);
    expect(await play(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual({
      stdout: 'in parts',
      stderr: '',
      exitCode: 0,
    });
  });

  test.each([
    ['a masked frame', [0x82, 0x84, 1, 2, 3, 4, 0, 0, 0, 0], 'a masked frame'],
    ['an extension', [0xc2, 1, 1], 'an extension that was not agreed on'],
    ['an unknown kind', [0x83, 1, 1], 'a frame of unknown kind 3'],
    [
      'a length beyond all bounds',
      [0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255],
      'more than 16777216 bytes',
    ],
    ['a ping that is too long', [0x89, 126, 1, 0], 'a control frame that is too long'],
    ['a fragment of nothing', [0x80, 1, 1], 'fragments of messages'],
    ['a message within another', [0x02, 1, 1, 0x82, 1, 1], 'fragments of messages'],
  ])('%s is refused', async (_name, bytes, why) => {
    expect((await told(play(Uint8Array.from(bytes))))[1]).toContain(why);
  });

  test('an end without a status is no success', async () => {
    expect((await told(play(binaryFrame(out('half')), Uint8Array.from([0x88, 0]))))[1]).toContain(
      'the program ended without a word of how',
    );
    exec = () => (connection: Duplex) => {
      connection.end(binaryFrame(out('half')));
    };
    expect((await told(run()))[0]).toBe('unavailable');
  });

  test('a status that is none is told as it is', async () => {
    expect(await play(binaryFrame(Buffer.from([3]), Buffer.from('out of order')))).toMatchObject({
      exitCode: undefined,
      failure: 'out of order',
    });
  });
});

describe('what else there is', () => {
  test('its version, its kinds, and tables', async () => {
    expect((await cluster.version())['major']).toBe('1');
    const served = await cluster.resources();
    const find = (plural: string, group: string) =>
      served.filter((one) => one.plural === plural && one.group === group);
    expect(find('pods', '')).toMatchObject([{ version: 'v1', namespaced: true, kind: 'Pod' }]);
    expect(find('ippools', 'projectcalico.org')).toMatchObject([
      { version: 'v3', namespaced: false, kind: 'IPPool' },
    ]);
    expect(find('pods', '')[0]!.verbs).toContain('list');
    const nodes = { group: '', version: 'v1', plural: 'nodes', namespaced: false };
    const names: unknown[] = [];
    for await (const { columns, rows } of cluster.table({ collection: nodes })) {
      expect(columns[0]).toEqual({ name: 'Name', wide: false });
      names.push(...rows.map(({ cells }) => cells[0]));
    }
    expect(names).toContain(NODE);
  });

  test('whether we may', async () => {
    const limited = await sceneCluster(bed.limited.kubeconfig);
    const ippools = { verb: 'list', group: 'projectcalico.org', resource: 'ippools' };
    expect(await limited.allowed(ippools)).toBe(true);
    expect(await limited.allowed({ ...ippools, verb: 'delete' })).toBe(false);
    expect(await limited.allowed({ verb: 'create', group: '', resource: 'pods/exec', namespace: NS })).toBe(
      false,
    );
    expect(await cluster.allowed({ verb: 'create', group: '', resource: 'pods/exec' })).toBe(true);
    await limited.close();
  });
});
