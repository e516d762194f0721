import { describe, expect, test } from 'bun:test';
import { isError } from '../../../src/core/errors.ts';
import { stringifyJson } from '../../../src/core/json.ts';
import { readReport } from '../../../src/ipam/report/report.ts';

async function* chunksOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function allocation(ip: string, more: object = {}): object {
  return { ip, sequenceNumber: 1_800_000_000_000_000_007n, inUse: false, owners: null, ...more };
}

function report(allocations: object, more: object = {}): string {
  const head = {
    ...{ version: 'v3.32.0', clusterGUID: 'abc', datastoreLocked: true },
    ...{ clusterInformationRevision: '77', clusterType: 'k8s' },
  };
  return stringifyJson({ ...head, allocations, ...more }, 2);
}

async function refused(text: string): Promise<string> {
  try {
    await readReport('r.json', chunksOf(text));
  } catch (error) {
    if (isError(error, 'input')) return error.message.replace('r.json is not a report of `ipam check`: ', '');
    throw error;
  }
  return 'taken';
}

describe('a report', () => {
  test('says what leaks, with exact sequence numbers', async () => {
    const text = report(
      {
        '10.0.0.1': [allocation('10.0.0.1', { handle: 'web', pod: 'a "inUse": true' })],
        '10.0.0.2': [allocation('10.0.0.2', { inUse: true })],
        '10.0.0.3': [allocation('10.0.0.3', { coolingDown: true })],
        '10.0.0.4': [allocation('10.0.0.4', { sequenceNumber: 0 })],
        '10.0.0.5': [allocation('10.0.0.5', { handle: 'old' }), allocation('10.0.0.5', { handle: 'new' })],
        '10.0.0.6': [allocation('10.0.0.6', { inUse: true }), allocation('10.0.0.6')],
        'FD00:0::1': [allocation('fd00::1')],
      },
      { findings: [{ code: 'CAL3001' }], leakedHandles: [{ ID: 'h', UID: null, Revision: '9' }] },
    );
    const { leaks, handles, ...head } = await readReport('r.json', chunksOf(text));
    const sequenceNumber = 1_800_000_000_000_000_007n;
    expect(Object.fromEntries(leaks)).toEqual({
      '10.0.0.1': { handle: 'web', sequenceNumber },
      '10.0.0.4': { handle: '', sequenceNumber: 0 },
      '10.0.0.5': { handle: 'new', sequenceNumber },
      'fd00::1': { handle: '', sequenceNumber },
    });
    expect([...handles.values()]).toEqual([{ id: 'h', uid: undefined, revision: '9' }]);
    expect(head).toMatchObject({ version: 'v3.32.0', clusterGUID: 'abc', clusterInformationRevision: '77' });
  });

  test('lists nothing as null or not at all', async () => {
    const text = '{"version":"v","clusterGUID":"g","allocations":null,"leakedHandles":null}';
    expect((await readReport('r.json', chunksOf(text))).leaks.size).toBe(0);
    expect((await readReport('r.json', chunksOf('{}'))).handles.size).toBe(0);
  });

  test('among earlier leaks only those are kept', async () => {
    const text = report(
      { '10.0.0.1': [allocation('10.0.0.1')], '10.0.0.2': [allocation('10.0.0.2')] },
      {
        leakedHandles: [
          { ID: 'a', Revision: '1' },
          { ID: 'b', Revision: '2' },
        ],
      },
    );
    const among = {
      leaks: new Map([['10.0.0.2', { handle: '', sequenceNumber: 1 }]]),
      handles: new Map([['b', { id: 'b', uid: undefined, revision: '1' }]]),
    };
    const { leaks, handles } = await readReport('r.json', chunksOf(text), among);
    expect([[...leaks.keys()], [...handles.keys()]]).toEqual([['10.0.0.2'], ['b']]);
  });

  test('that does not say what decides is refused', async () => {
    const without = (field: string) =>
      report({ '10.0.0.1': [{ ...allocation('10.0.0.1'), [field]: undefined }] });
    expect(await refused(without('inUse'))).toContain('10.0.0.1 does not say whether it is in use');
    expect(await refused(without('sequenceNumber'))).toContain('under which sequence number');
    expect(await refused(report({ '10.0.0.1': allocation('10.0.0.1') }))).toContain('not a list of objects');
    expect(await refused(report({ 'no address': [allocation('x')] }))).toContain('"no address"');
    expect(await refused(report({}, { version: 3 }))).toBe('its version is not text');
    expect(await refused(report({}, { leakedHandles: [{ ID: 'a' }] }))).toBe(
      'its handle Revision is not text',
    );
    expect(await refused(report({}, { leakedHandles: {} }))).toContain(
      'its leakedHandles are something else',
    );
    expect(await refused('[]')).toBe('it is not a JSON object');
    expect(await refused('')).toBe('it is not a JSON object');
    expect(await refused('{"version":tru}')).toContain('JSON');
    expect(await refused('{"version" "v"}')).toBe('a colon is expected and "\\"" found at character 12');
  });
});
