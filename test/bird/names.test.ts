import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { peerNamed } from '../../src/bird/names.ts';

test.each([
  ['Mesh_192_0_2_11', { type: 'mesh', address: '192.0.2.11', family: 'ipv4' }],
  ['Global_172_17_8_133_port_179', { type: 'global', address: '172.17.8.133', family: 'ipv4', port: 179 }],
  ['Node_fd00_8__103_port_1790', { type: 'node', address: 'fd00:8::103', family: 'ipv6', port: 1790 }],
  ['Node___1', { type: 'node', address: '::1', family: 'ipv6' }],
  ['Local_Workload_192_168_162_134', { type: 'local-workload', address: '192.168.162.134', family: 'ipv4' }],
])('%s', (name, peer) => {
  expect(peerNamed(name)).toEqual(peer as never);
});

test.each(['Mesh_', 'mesh_192_0_2_1', 'uplink', 'Local_192_0_2_1', 'xMesh_192_0_2_1'])(
  '%s is nothing of Calico',
  (name) => {
    expect(peerNamed(name)).toBeUndefined();
  },
);

test('addresses come out as they went in', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((ip) => !ip.includes('.')),
      ),
      fc.option(fc.nat(65535)),
      (ip, port) => {
        const name = `Node_${ip.replaceAll(/[.:]/g, '_')}${port === null ? '' : `_port_${port}`}`;
        expect(peerNamed(name)).toMatchObject({ address: ip, ...(port === null ? {} : { port }) });
      },
    ),
  );
});
