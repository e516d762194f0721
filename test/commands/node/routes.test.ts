import { afterEach, beforeEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type BirdServer, birdServer, type Manners } from '../../bird/server.ts';
import { eachInWorkspace } from '../fixture.ts';

/** `node routes` with a server that says what BIRD 2 says; real ones are asked in test/node/routes. */

const GREETING = '0001 BIRD 2.0.12 ready.\n';

const ANSWERS = {
  'show protocols all': [
    '2002-Name       Proto      Table      State  Since         Info',
    '1002-Mesh_192_0_2_11 BGP        ---        up     00:28:56.851  Established   ',
    '1006-  BGP state:          Established',
    '     Neighbor address: 192.0.2.11',
    ' ',
    '1002-Mesh_192_0_2_12 BGP        ---        start  00:28:55.963  Connect       ',
    '1006-  BGP state:          Connect',
    '     Neighbor address: 192.0.2.12',
    ' ',
    '0000 \n',
  ].join('\n'),
  'show status': '1000-BIRD 2.0.12\n0013 Daemon is up and running\n',
  'show route protocol Mesh_192_0_2_11 all':
    '1007-Table master4:\n 10.0.1.0/26          unicast [Mesh_192_0_2_11 00:29:48] * (100) [i]\n \tvia 192.0.2.11 on eth0\n1008-\tType: BGP univ\n1012-\tBGP.as_path: \n0000 \n',
  'show route filtered protocol Mesh_192_0_2_11 all':
    '1007-Table master4:\n 10.0.9.0/26          unicast [Mesh_192_0_2_11 00:29:48] (100) [i]\n \tvia 192.0.2.11 on eth0\n0000 \n',
  'show route export Mesh_192_0_2_11 all':
    '1007-Table master4:\n 10.0.0.0/26          blackhole [static1 00:29:47] * (200)\n1008-\tType: static univ\n0000 \n',
  'show route noexport Mesh_192_0_2_11 all': '0000 \n',
  'show route protocol Mesh_192_0_2_12 all': '0000 \n',
  'show route filtered protocol Mesh_192_0_2_12 all': '0000 \n',
};

const place = eachInWorkspace();
let bird: BirdServer;
const routes = (...argv: readonly string[]) =>
  place.at.calicoctl(['node', 'routes', '--bird-socket', bird.path, ...argv]);
const behave = (manners: Manners) => bird.behave({ greeting: GREETING, ...manners });

beforeEach(async () => {
  bird = await birdServer(join(place.at.folder, 'bird.ctl'), { greeting: GREETING, answers: ANSWERS });
});
afterEach(() => bird.close());

const FULL = `+------------+-------------+------------+-----------+------------+-----------------+---------+------------+--------+
| DIRECTION  | NETWORK     | NEXT HOP   | INTERFACE | PEER       | SOURCE          | AS PATH | PREFERENCE | STATUS |
+------------+-------------+------------+-----------+------------+-----------------+---------+------------+--------+
| received   | 10.0.1.0/26 | 192.0.2.11 | eth0      | 192.0.2.11 | Mesh_192_0_2_11 |         | 100        | best   |
| advertised | 10.0.0.0/26 | blackhole  |           | 192.0.2.11 | static1         |         | 200        | sent   |
+------------+-------------+------------+-----------+------------+-----------------+---------+------------+--------+
`;

test('both directions, of all peers', async () => {
  expect(await routes()).toEqual({
    status: 0,
    out: FULL,
    err: '1 of 2 BGP sessions are not established; see calicoctl node status.\n',
  });
  // Of a session that is not up BIRD does not say what it would send.
  expect(bird.asked.filter((command) => command.includes('192_0_2_12'))).toEqual([
    'show route protocol Mesh_192_0_2_12 all',
  ]);
});

test('the same where BIRD answers byte by byte', async () => {
  behave({ answers: ANSWERS, piece: 1 });
  expect((await routes()).out).toBe(FULL);
});

test('--received --filtered -o json and --advertised --output yaml', async () => {
  const received = await routes('--received', '--filtered', '-o', 'json', '192.0.2.11');
  expect(JSON.parse(received.out)).toMatchObject([
    { direction: 'received', network: '10.0.1.0/26', status: 'best', asPath: '' },
    { direction: 'received', network: '10.0.9.0/26', status: 'refused' },
  ]);
  const advertised = await routes('--advertised', '--output', 'yaml', 'Mesh_192_0_2_11');
  expect(advertised.out).toStartWith('- best: true\n  direction: advertised\n  network: 10.0.0.0/26\n');
});

test('-o json without routes is a list all the same', async () => {
  expect((await routes('--received', '-o', 'json', '192.0.2.12')).out).toBe('[]\n');
});

test('a refusal of one question leaves the answers to the others', async () => {
  const refused = '8005 Protocol is down\n';
  behave({ answers: { ...ANSWERS, 'show route export Mesh_192_0_2_11 all': refused } });
  for (const format of [[], ['-o', 'json']]) {
    const { status, out, err } = await routes('192.0.2.11', ...format);
    expect(status).toBe(1);
    expect(out).toContain('10.0.1.0/26');
    expect(err).toContain('BIRD refused `show route export Mesh_192_0_2_11 all`: Protocol is down (8005)');
  }
});

test('an answer that ends in the middle is a failure, told behind what came', async () => {
  const route = ANSWERS['show route protocol Mesh_192_0_2_11 all'].split('\n').slice(1, -2).join('\n');
  const half = `1007-Table master4:\n${`${route}\n`.repeat(20)}`;
  behave({
    answers: { ...ANSWERS, 'show route protocol Mesh_192_0_2_11 all': half },
    closeAfter: GREETING.length + half.length,
  });
  const { status, out, err } = await routes('--received', '192.0.2.11');
  expect({ status, rows: out.split('best').length - 1 }).toEqual({ status: 1, rows: 19 });
  // The twentieth may lack something.
  expect(err).toContain('closed the connection in the middle of its answer');
});

test('options that contradict each other, and unknown formats', async () => {
  expect((await routes('--advertised', '--received')).err).toBe(
    '--advertised and --received exclude each other; leave both out to see both\n',
  );
  expect((await routes('-o', 'csv')).err).toBe("unrecognized output format 'csv': use json or yaml\n");
  expect(bird.asked).toEqual([]);
});

test('where no BIRD answers it is said why', async () => {
  await bird.close();
  const { status, err } = await routes();
  expect(status).toBe(1);
  expect(err).toStartWith('there is no socket ');
});
