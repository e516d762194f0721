import { describe, expect, test } from 'bun:test';
import { parseProtocols, textsOf } from '../../src/bird/protocols.ts';
import { isDisabled, sessionsOf } from '../../src/bird/sessions.ts';
import { recorded, repliesIn } from './recorded.ts';

function sessionsIn(name: string) {
  return sessionsOf(parseProtocols(textsOf(repliesIn(recorded(name))[1]!)));
}

function sessionIn(recording: string, name: string) {
  return sessionsIn(recording).find((session) => session.name === name);
}

describe('BGP sessions of BIRD 1.6', () => {
  test('say all there is of one that stands', () => {
    expect(sessionIn('bird-1.6.8-all', 'Mesh_172_17_8_102')).toEqual({
      name: 'Mesh_172_17_8_102',
      type: 'mesh',
      family: 'ipv4',
      peerAddress: '172.17.8.102',
      peerAs: 64512,
      localAddress: '172.17.8.101',
      localAs: 64512,
      state: 'up',
      since: '2026-11-22 00:30:31',
      info: 'Established',
      established: true,
      routeReflector: false,
      routes: { ipv4: { received: 4, imported: 3, filtered: 1, exported: 3, preferred: 2 } },
    });
  });

  test('tell the error of one that does not', () => {
    expect(sessionIn('bird-1.6.8-all', 'Node_172_17_8_112')).toMatchObject({
      type: 'node',
      peerAs: 64777,
      state: 'start',
      info: 'Idle BGP Error: Bad peer AS',
      established: false,
      lastError: 'BGP Error: Bad peer AS',
    });
  });

  test('of IPv6 count routes of that family', () => {
    expect(sessionIn('bird6-1.6.8-all', 'Mesh_fd00_8__102')?.family).toBe('ipv6');
    expect(Object.keys(sessionIn('bird6-1.6.8-all', 'Mesh_fd00_8__102')?.routes ?? {})).toEqual(['ipv6']);
  });

  test('without the lines below say what the name tells', () => {
    expect(sessionIn('bird-1.6.8', 'Global_172_17_8_102_port_1790')).toEqual({
      name: 'Global_172_17_8_102_port_1790',
      type: 'global',
      family: 'ipv4',
      peerAddress: '172.17.8.102',
      peerPort: 1790,
      state: 'start',
      since: '2026-11-22 00:39:15',
      info: 'Idle Socket: Connection refused',
      established: false,
      lastError: 'Socket: Connection refused',
      routes: {},
    });
  });
});

describe('BGP sessions of BIRD 2', () => {
  test('of a client in route reflection', () => {
    expect(sessionIn('bird-2.0.12-all', 'Mesh_fd00_8__101')).toMatchObject({
      peerAddress: 'fd00:8::101',
      localAddress: 'fd00:8::102',
      established: true,
      routeReflector: true,
      routes: { ipv6: { received: 2, imported: 2, exported: 2, preferred: 1 } },
    });
  });

  test('that nobody named as Calico does, over a link-local address', () => {
    expect(sessionIn('bird-2.0.12-all', 'uplink')).toEqual({
      name: 'uplink',
      type: 'other',
      family: 'ipv6',
      peerAddress: 'fe80::1%A-v2',
      peerAs: 65001,
      localAs: 64512,
      state: 'start',
      since: '00:39:47.804',
      info: 'Connect',
      established: false,
      routes: {},
    });
  });

  test('that somebody switched off', () => {
    const off = sessionsIn('bird-2.0.12-all').filter(isDisabled);
    expect(off.map(({ name, lastError }) => [name, lastError])).toEqual([
      ['Node_172_17_8_133', undefined],
      ['Global_172_17_8_111', undefined],
    ]);
  });

  test('with dates of two words, a limit, and refused routes that are not kept', () => {
    const [mesh, global] = sessionsIn('bird-2.15-all');
    expect(mesh).toMatchObject({
      since: '2024-06-03 07:11:05',
      routeReflector: true,
      routes: { ipv4: { imported: 7, exported: 2, preferred: 7 } },
    });
    expect(mesh?.routes.ipv4?.received).toBeUndefined();
    expect(global).toMatchObject({
      peerPort: 1790,
      peerAs: 4200000000,
      lastError: 'Automatic shutdown: Route limit exceeded',
    });
    expect(isDisabled(global!)).toBe(false);
  });
});

test('BGP sessions of BIRD 3, of both families, with the reason of a shutdown', () => {
  expect(sessionsIn('bird-3.3-all')).toEqual([
    {
      name: 'Mesh_fd00_8__11',
      type: 'mesh',
      family: 'ipv6',
      peerAddress: 'fd00:8::11',
      peerAs: 64512,
      localAddress: 'fd00:8::10',
      localAs: 64512,
      state: 'up',
      since: '07:11:05.310',
      info: 'Established',
      established: true,
      routeReflector: false,
      routes: {
        ipv4: { received: 6, imported: 5, filtered: 1, exported: 3, preferred: 4 },
        ipv6: { received: 2, imported: 2, exported: 1, preferred: 2 },
      },
    },
    {
      name: 'Node_192_0_2_20',
      type: 'node',
      family: 'ipv4',
      peerAddress: '192.0.2.20',
      peerAs: 65020,
      localAs: 64512,
      state: 'start',
      since: '07:19:31.774',
      info: 'Idle Received: Administrative shutdown',
      established: false,
      lastError: 'Received: Administrative shutdown (maintenance until noon)',
      routes: {},
    },
  ]);
});

test('lines without end, as a pod can make them up, are read in no time', () => {
  const blanks = ' '.repeat(100_000);
  const lines = [
    'name     proto    table    state  since       info',
    'Mesh_192_0_2_2 BGP      master   up     10:11:12    Established',
    `  Nothing:${blanks}`,
    `  Routes:         ${'1'.repeat(100_000)}, 3 imported, 2 exported`,
    `    Neighbor AS:      64513${blanks}`,
  ];
  const begin = performance.now();
  const [session, ...others] = sessionsOf(parseProtocols(lines));
  // Milliseconds; a pattern that tries every part of a line takes minutes.
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(others).toEqual([]);
  expect(session).toMatchObject({ peerAs: 64513, routes: { ipv4: { imported: 3, exported: 2 } } });
});
