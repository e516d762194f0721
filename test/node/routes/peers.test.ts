import { expect, test } from 'bun:test';
import { parseProtocols } from '../../../src/bird/protocols.ts';
import { sessionsOf } from '../../../src/bird/sessions.ts';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { targetsFor } from '../../../src/node/routes/peers.ts';

const rows = [
  'name proto table state since info',
  'Mesh_192_0_2_11 BGP master up 10:00:00 Established',
  'Node_192_0_2_11_port_1790 BGP master up 10:00:00 Established',
  'Mesh_2001_db8__11 BGP master up 10:00:00 Established',
  'uplink BGP master up 10:00:00 Established',
];
const targets = sessionsOf(parseProtocols(rows)).map((session) => ({ socket: 'bird.ctl', session }));
const namesFor = (peer?: string) => targetsFor(targets, peer).map(({ session }) => session.name);

test('without a peer, those of Calico', () => {
  expect(namesFor()).toEqual(['Mesh_192_0_2_11', 'Node_192_0_2_11_port_1790', 'Mesh_2001_db8__11']);
});

test('by address however it is written, and by name', () => {
  expect(namesFor('192.0.2.11')).toEqual(['Mesh_192_0_2_11', 'Node_192_0_2_11_port_1790']);
  expect(namesFor('2001:0DB8:0:0::0011')).toEqual(['Mesh_2001_db8__11']);
  expect(namesFor('uplink')).toEqual(['uplink']);
});

test('an unknown one is refused, with those that there are', () => {
  const refusal = (peer: string) => {
    try {
      return targetsFor(targets, peer);
    } catch (error) {
      return error as CalicoctlError;
    }
  };
  expect(refusal('uplnk')).toMatchObject({
    errorClass: 'not-found',
    message: 'this node has no BGP session with "uplnk" (did you mean "uplink"?)',
    details: { hint: 'Its peers are 192.0.2.11, 2001:db8::11, uplink.' },
  });
  expect((refusal('x\u001b[2J\n') as CalicoctlError).message).toBe(
    'this node has no BGP session with "x\\u001b[2J\\n"',
  );
  expect(() => targetsFor([], '192.0.2.1')).toThrow(CalicoctlError);
});
