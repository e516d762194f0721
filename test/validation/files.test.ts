import { expect, test } from 'bun:test';
import { findings, told } from './found.ts';

const item = (kind: string, spec: string) =>
  `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: {name: ${kind.toLowerCase()}}, spec: ${spec}}`;

test('what is wrong with a list is told as it stands there, whether or not it could be read', async () => {
  const items = [
    item('IPPool', '{cidr: bad}'),
    item('Nope', '{}'),
    item('BGPPeer', '{asNumber: -1}'),
    '7',
    item('IPPool', '{cidr: worse}'),
    item('IPPool', '{blockSize: a}'),
  ];
  const block = `apiVersion: v1\nkind: List\nitems:\n${items.map((one) => `- ${one}\n`).join('')}`;
  const lines = (await findings(block)).map(({ place }) => place!.line!);
  expect(lines).toEqual([...lines].sort((a, b) => a - b));
  expect(new Set(lines)).toEqual(new Set([4, 5, 6, 7, 8, 9]));
  const flow = `[${items.join(', ')}]`;
  const concerned = (await findings(flow)).map(({ place }) =>
    items.findLastIndex((one) => flow.indexOf(one) < place!.column!),
  );
  expect(concerned).toEqual([...concerned].sort((a, b) => a - b));
  expect(new Set(concerned)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
});

test('a finding also says what can be done about it', async () => {
  expect(await told('')).toEqual([
    'CAL0008 undefined:undefined no resources specified in file -. Use --skip-empty to pass over files without resources',
  ]);
});
