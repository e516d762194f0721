import { expect, test } from 'bun:test';
import { checkedForm } from '../../src/operations/write.ts';
import { check } from '../../src/resources/check.ts';
import { decodeDocument } from '../../src/resources/document.ts';
import { API_VERSION } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';

/** What becomes of a whole number, and the rules that refuse it: those of decoding stop everything. */
async function outcome(field: string, given: unknown) {
  const kind = await kindOf('FelixConfiguration');
  const value = {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: { name: 'x' },
    spec: { [field]: given },
  };
  const { resource, problems } = decodeDocument(kind, value);
  const rules = (found: typeof problems) => found.map(({ rule, message }) => `${rule} ${message}`);
  return {
    value: resource.spec[field],
    undecodable: rules(problems),
    invalid: rules(check(kind, checkedForm(kind, resource), 'validate')),
  };
}

const BEYOND = 'CAL0015 is beyond the numbers of 64 bits';

test.each([
  ['maxIpsetSize', 2n ** 63n - 1n],
  ['maxIpsetSize', -(2n ** 63n)],
  ['goMaxProcs', 2n ** 53n + 1n],
  ['metadataPort', 1e18],
])('%s keeps %p exactly', async (field, given) => {
  expect(await outcome(field, given)).toEqual({ value: given, undecodable: [], invalid: [] });
});

test.each([
  ['maxIpsetSize', 2n ** 63n],
  ['maxIpsetSize', -(2n ** 63n) - 1n],
  ['metadataPort', 1e19],
])('%s cannot hold %p', async (field, given) => {
  expect((await outcome(field, given)).undecodable).toEqual([BEYOND]);
});

test('a long number beyond the limits of its field is told of once', async () => {
  expect((await outcome('logActionRateLimitBurst', 2n ** 60n)).invalid).toEqual([
    'CAL0015 is more than the greatest value, 9999',
  ]);
});
