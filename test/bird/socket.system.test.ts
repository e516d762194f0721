import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askBird, connectFault } from '../../src/bird/socket.ts';
import { birdStatus } from '../../src/bird/status.ts';
import { recorded, repliesIn } from './recorded.ts';
import { type BirdServer, birdServer, GREETING, type Manners } from './server.ts';

let folder: string;
const servers: BirdServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calicoctl-bird-'));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await rm(folder, { recursive: true });
});

async function listen(manners: Manners): Promise<BirdServer> {
  const server = await birdServer(join(folder, `${servers.length}.ctl`), manners);
  servers.push(server);
  return server;
}

/** Without the greeting, which the server says by itself. */
function answer(name: string): Buffer {
  const said = recorded(name);
  return said.subarray(said.indexOf('\n') + 1);
}

async function failure(
  path: string,
  options = {},
): Promise<{ readonly ms: number; readonly error: unknown }> {
  const from = performance.now();
  const error = await askBird(path, ['show protocols'], options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { ms: performance.now() - from, error };
}

describe('a control socket', () => {
  test('answers one command after the other on one connection', async () => {
    const { path, asked } = await listen({
      answers: { 'show protocols all': answer('bird-1.6.8-all'), 'show status': answer('status-1.6.8') },
    });
    const status = await birdStatus(path);
    expect([status.version, status.routerId, status.started]).toEqual([
      '1.6.8',
      '172.17.8.101',
      '2026-11-22 00:24:18',
    ]);
    expect(status.sessions.map(({ name }) => name)).toEqual([
      'Mesh_172_17_8_102',
      'Local_Workload_172_17_8_110',
      'Node_172_17_8_103',
      'Global_172_17_8_102_port_1790',
      'Node_172_17_8_133',
      'Node_172_17_8_112',
    ]);
    expect(asked).toEqual(['show protocols all', 'show status']);
  });

  test.each([1, 7, 4096])('that says %d bytes at a time says the same', async (piece) => {
    const { path } = await listen({ answers: { 'show protocols': answer('bird-2.0.12') }, piece });
    const { version, replies } = await askBird(path, ['show protocols']);
    expect(version).toBe('1.6.8');
    expect(replies).toEqual([repliesIn(recorded('bird-2.0.12'))[1]!.slice(0, -1)]);
  });

  test('need not greet', async () => {
    const { path } = await listen({ answers: { 'show protocols': '0000 \n' }, greeting: '' });
    expect(await askBird(path, ['show protocols'])).toEqual({ version: undefined, replies: [[]] });
  });

  test('in restricted mode denies what is no looking', async () => {
    const { path } = await listen({ answers: { configure: '8007 Access denied\n' } });
    await expect(askBird(path, ['configure'])).rejects.toMatchObject({
      errorClass: 'unauthorized',
      message: `${path}: BIRD refused \`configure\`: Access denied (8007)`,
    });
  });
});

describe('a control socket that misbehaves', () => {
  test('by silence fails when the time of a line is over', async () => {
    const { path } = await listen({ silent: true });
    const { ms, error } = await failure(path, { lineMs: 150 });
    expect(error).toMatchObject({
      errorClass: 'timeout',
      message: `BIRD at ${path} did not answer within 0.15s`,
    });
    expect(ms).toBeGreaterThan(140);
    expect(ms).toBeLessThan(1000);
  });

  test('by silence behind its greeting fails too', async () => {
    const { path } = await listen({ answers: { 'show protocols': '1002-half a line' } });
    const { error } = await failure(path, { lineMs: 150 });
    expect(error).toMatchObject({
      errorClass: 'timeout',
      message: `BIRD at ${path} said nothing more within 0.15s`,
    });
  });

  test('by never coming to an end fails when all the time is over', async () => {
    const { path } = await listen({ flood: '1002-x\n' });
    const { ms, error } = await failure(path, { totalMs: 200, limit: Number.POSITIVE_INFINITY });
    expect(error).toMatchObject({
      errorClass: 'timeout',
      message: `BIRD at ${path} did not come to an end within 0.2s`,
    });
    expect(ms).toBeLessThan(2000);
  });

  test('by talking too much fails, and does not fill the memory', async () => {
    const { path } = await listen({ flood: '1002-Mesh_10_0_0_1 BGP master up 10:00:00  Established\n' });
    const { error } = await failure(path);
    expect(error).toMatchObject({
      errorClass: 'unavailable',
      message: `${path}: BIRD answered with more than ${64 * 1024 * 1024} bytes`,
    });
  });

  test('by a line without an end fails', async () => {
    const { path } = await listen({ flood: 'xxxxxxxx' });
    const { error } = await failure(path);
    expect(error).toMatchObject({ errorClass: 'unavailable' });
    expect(String(error)).toContain('unexpected output line from BIRD: "xxxxxxxx');
  });

  test.each([0, 3, GREETING.length, GREETING.length + 40])(
    'by closing behind %d bytes fails',
    async (closeAfter) => {
      const { path } = await listen({ answers: { 'show protocols': answer('bird-1.6.8') }, closeAfter });
      const { error } = await failure(path);
      expect(error).toMatchObject({
        errorClass: 'unavailable',
        message: `BIRD at ${path} closed the connection in the middle of its answer`,
      });
    },
  );

  test('by speaking another protocol fails', async () => {
    const { path } = await listen({ greeting: 'SSH-2.0-OpenSSH_9.2\r\n' });
    const { error } = await failure(path);
    expect(error).toMatchObject({
      message: `${path}: unexpected output line from BIRD: "SSH-2.0-OpenSSH_9.2"`,
    });
  });

  test('is left at once when the user has enough', async () => {
    const { path } = await listen({ silent: true });
    const enough = new AbortController();
    setTimeout(() => enough.abort(), 50);
    const { ms, error } = await failure(path, { signal: enough.signal });
    expect(error).toMatchObject({ errorClass: 'cancelled' });
    expect(ms).toBeLessThan(1000);
    expect((await failure(path, { signal: enough.signal })).error).toMatchObject({ errorClass: 'cancelled' });
  });
});

describe('a place without a BIRD', () => {
  test('where nothing is', async () => {
    const path = join(folder, 'nothing.ctl');
    const { error } = await failure(path);
    expect(error).toMatchObject({ errorClass: 'not-found', message: `there is no socket ${path}` });
    expect(connectFault(error)).toBe('no such file or directory');
  });

  test('where a file is', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    const { error } = await failure(path);
    expect(error).toMatchObject({
      errorClass: 'unavailable',
      message: `nobody listens at ${path}: BIRD has ended, or it is no socket`,
    });
    expect(connectFault(error)).toBe('connection refused');
  });

  test('where it may not be opened', async () => {
    const { path } = await listen({});
    await chmod(path, 0);
    const { error } = await asNobody(() => failure(path));
    expect(error).toMatchObject({
      errorClass: 'unauthorized',
      message: `this user may not open the socket ${path}`,
    });
  });
});

/** Root may open everything. */
async function asNobody<T>(task: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return task();
  await chmod(folder, 0o755);
  process.seteuid?.(65534);
  try {
    return await task();
  } finally {
    process.seteuid?.(0);
  }
}
