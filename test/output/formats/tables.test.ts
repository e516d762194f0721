import { describe, expect, test } from 'bun:test';
import { boxedTable } from '../../../src/output/formats/boxed.ts';
import { columnsTable } from '../../../src/output/formats/columns.ts';
import { nameLines } from '../../../src/output/formats/names.ts';

describe('columnsTable', () => {
  test('pads every cell to the longest and three blanks, five at least', () => {
    expect(
      columnsTable(
        ['NAME', 'A'],
        [
          ['inject', '1'],
          ['x', ''],
        ],
      ),
    ).toBe('NAME     A    \ninject   1    \nx             \n\n');
  });

  test('shows the header of an empty list', () => {
    expect(columnsTable(['NAME', 'TIER'], [])).toBe('NAME   TIER   \n\n');
  });

  test('counts code points', () => {
    expect(columnsTable(['A'], [['é😀é'], ['abcd']])).toBe('A      \né😀é    \nabcd   \n\n');
  });
});

describe('boxedTable', () => {
  test('frames header and rows', () => {
    const columns = [{ heading: 'Grouping' }, { heading: 'IPs total', align: 'right' }] as const;
    expect(
      boxedTable(columns, [
        ['IP Pool', '8'],
        ['Block', '65536'],
      ]),
    ).toBe(
      [
        '+----------+-----------+',
        '| GROUPING | IPS TOTAL |',
        '+----------+-----------+',
        '| IP Pool  |         8 |',
        '| Block    |     65536 |',
        '+----------+-----------+',
        '',
      ].join('\n'),
    );
  });

  test('closes an empty body', () => {
    expect(boxedTable([{ heading: 'ip' }], [])).toBe('+----+\n| IP |\n+----+\n+----+\n');
  });

  test('gives cells of several lines their height', () => {
    expect(boxedTable([{ heading: 'a' }, { heading: 'b' }], [['1\n22', 'x']])).toBe(
      '+----+---+\n| A  | B |\n+----+---+\n| 1  | x |\n| 22 |   |\n+----+---+\n',
    );
  });
});

test('nameLines names the kind, the namespace where it is wanted, and the object', () => {
  const resources = [
    { apiVersion: 'v3', kind: 'IPPool', metadata: { name: 'main' }, spec: {} },
    { apiVersion: 'v3', kind: 'NetworkSet', metadata: { name: 'lab', namespace: 'dev' }, spec: {} },
  ];
  expect(nameLines(resources)).toBe('ippool/main\nnetworkset/lab\n');
  expect(nameLines(resources, true)).toBe('ippool/main\nnetworkset/dev/lab\n');
});
