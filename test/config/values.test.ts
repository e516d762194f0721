import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseBoolean, parseDuration, parseInteger, parseNumber } from '../../src/config/values.ts';
import { failure, fromEnv } from './fixture.ts';

type Cases = [text: string, value: unknown][];
const FAULT = 'fault';

function outcome(parsed: { value: unknown } | { fault: string }): unknown {
  return 'value' in parsed ? parsed.value : FAULT;
}

test.each([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true]),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false]),
  ...['', ' ', 'yes', 'tRUE', 'perhaps', '2', ' 1'].map((text) => [text, FAULT]),
] as Cases)('boolean %j', (text, value) => {
  expect(outcome(parseBoolean(text))).toBe(value);
});

test.each([
  ['5', 5],
  ['-2.5', -2.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1_000', 1000],
  ...['', 'fast', 'inf', 'NaN', '1e39', '1,5', ' 5', '0x', '_1', '1e'].map((text) => [text, FAULT]),
] as Cases)('number %j', (text, value) => {
  expect(outcome(parseNumber(text))).toBe(value);
});

test.each([
  ['100', 100],
  ['-7', -7],
  ['+7', 7],
  ['0', 0],
  ['-0', 0],
  ['0x1F', 31],
  ['0b101', 5],
  ['0o17', 15],
  ['017', 15],
  ['1_000', 1000],
  ...['', '1.5', '1e3', '08', 'ten', '0x', '1__0', '_1', '99999999999999999999'].map((text) => [text, FAULT]),
] as Cases)('integer %j', (text, value) => {
  expect(outcome(parseInteger(text))).toBe(value);
});

test('any integer reads back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => expect(outcome(parseInteger(String(value)))).toBe(value)),
  );
});

test.each([
  ['0', 0],
  ['10', 10_000],
  ['1.5', 1500],
  ['10s', 10_000],
  ['1h2m3s4ms', 3_723_004],
  ['1.5m', 90_000],
  ['+1s', 1000],
  ['1us', 1],
  ['0s', 0],
  ...['', '-1s', '-1', '1x', '1 s', 's', '1d', '600h', '9999999', '1e3'].map((text) => [text, FAULT]),
] as Cases)('duration %j', (text, value) => {
  expect(outcome(parseDuration(text))).toBe(value);
});

describe('bad values in the environment', () => {
  test.each([
    ['K8S_INSECURE_SKIP_TLS_VERIFY', 'perhaps'],
    ['K8S_CLIENT_QPS', 'fast'],
    ['K8S_CLIENT_BURST', '1.5'],
    ['USE_POD_CIDR', 'maybe'],
    ['CALICO_K8S_DISABLE_NODE_POLL', ''],
  ])('%s=%s is refused with etcd too', async (variable, value) => {
    const { errorClass, text } = await failure(() =>
      fromEnv({ ETCD_ENDPOINTS: 'http://a:1', [variable]: value }),
    );
    expect(errorClass).toBe('configuration');
    expect(text).toStartWith(`${variable}: "${value}" is not `);
  });

  test('all of them are named', async () => {
    const { text } = await failure(() => fromEnv({ K8S_CLIENT_QPS: 'fast', USE_POD_CIDR: 'maybe' }));
    expect(text).toContain('K8S_CLIENT_QPS: "fast" is not a number');
    expect(text).toContain('USE_POD_CIDR: "maybe" is not a boolean');
  });

  test('the prefixed form hides the other, good or bad', async () => {
    const { kubernetes } = await fromEnv({ USE_POD_CIDR: 'maybe', CALICO_USE_POD_CIDR: 't' });
    expect(kubernetes.usePodCidr).toBe(true);
  });
});
