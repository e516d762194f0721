import { describe, expect, test } from 'bun:test';
import { parseProtocols, textsOf } from '../../src/bird/protocols.ts';
import { recorded, repliesIn } from './recorded.ts';

const HEADING = 'name     proto    table    state  since       info';

function row(line: string) {
  const [first] = parseProtocols([HEADING, line]);
  return first === undefined ? undefined : [first.name, first.state, first.since, first.info];
}

describe('show protocols', () => {
  test('of BIRD 1.6 with dates', () => {
    const rows = parseProtocols(textsOf(repliesIn(recorded('bird-1.6.8'))[1]!));
    expect(
      rows.map(({ name, proto, table, state, since, info }) => [name, proto, table, state, since, info]),
    ).toEqual([
      ['kernel1', 'Kernel', 'master', 'up', '2026-11-22 00:24:18', ''],
      ['device1', 'Device', 'master', 'up', '2026-11-22 00:24:18', ''],
      ['direct1', 'Direct', 'master', 'up', '2026-11-22 00:24:18', ''],
      ['st1', 'Static', 'master', 'up', '2026-11-22 00:24:18', ''],
      ['Mesh_172_17_8_102', 'BGP', 'master', 'up', '2026-11-22 00:30:31', 'Established'],
      ['Local_Workload_172_17_8_110', 'BGP', 'master', 'start', '2026-11-22 00:24:18', 'Passive'],
      [
        'Node_172_17_8_103',
        'BGP',
        'master',
        'start',
        '2026-11-22 00:39:15',
        'Connect Socket: No route to host',
      ],
      [
        'Global_172_17_8_102_port_1790',
        'BGP',
        'master',
        'start',
        '2026-11-22 00:39:15',
        'Idle Socket: Connection refused',
      ],
      ['Node_172_17_8_133', 'BGP', 'master', 'down', '2026-11-22 00:39:49', ''],
      ['Node_172_17_8_112', 'BGP', 'master', 'start', '2026-11-22 00:39:53', 'Idle BGP Error: Bad peer AS'],
    ]);
  });

  test('of BIRD 2, with the lines below', () => {
    const rows = parseProtocols(textsOf(repliesIn(recorded('bird-2.0.12-all'))[1]!));
    expect(rows.map(({ name, details }) => [name, details.length])).toEqual([
      ['k4', 12],
      ['k6', 12],
      ['device1', 0],
      ['direct1', 24],
      ['st1', 12],
      ['st2', 12],
      ['Mesh_172_17_8_101', 59],
      ['Mesh_fd00_8__101', 56],
      ['Node_172_17_8_103', 20],
      ['Node_fd00_8__105', 20],
      ['Global_172_17_8_101_port_1790', 21],
      ['Local_Workload_172_17_8_110', 19],
      ['Node_172_17_8_133', 19],
      ['Global_172_17_8_111', 20],
      ['uplink', 10],
    ]);
    expect(rows.at(-1)).toMatchObject({ proto: 'BGP', table: '---', since: '00:39:47.804', info: 'Connect' });
  });

  test('as birdc prints it, without codes', () => {
    const said = repliesIn(recorded('bird-2.0.12-all'));
    const printed = said.flat().map(({ text }) => text);
    expect(parseProtocols(printed)).toEqual(parseProtocols(textsOf(said[1]!)));
  });

  test.each([
    ['p BGP master up 12:00:01 Established', ['p', 'up', '12:00:01', 'Established']],
    ['p BGP master up 2016-11-21 Established', ['p', 'up', '2016-11-21', 'Established']],
    ['p BGP master up 2016-11-21 10:00 Established', ['p', 'up', '2016-11-21 10:00', 'Established']],
    [
      'p BGP --- start 24 Nov 10:00  Idle          Received: Cease',
      ['p', 'start', '24 Nov 10:00', 'Idle Received: Cease'],
    ],
    ['p BGP --- down   24 Nov 10:00  ', ['p', 'down', '24 Nov 10:00', '']],
    ['p BGP --- down   12:00:01.123  ', ['p', 'down', '12:00:01.123', '']],
    ['p BGP --- up', ['p', 'up', '', '']],
    ['p BGP ---', undefined],
  ])('reads %j', (line, cells) => {
    expect(row(line)).toEqual(cells as never);
  });

  test('without any protocol has no rows', () => {
    expect(parseProtocols([HEADING])).toEqual([]);
    expect(parseProtocols([])).toEqual([]);
  });

  test('with other headings is refused', () => {
    expect(() => parseProtocols(['name proto state'])).toThrow(
      'unknown BIRD table output format: "name proto state"',
    );
  });
});
