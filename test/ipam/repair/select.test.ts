import { expect, test } from 'bun:test';
import type { IpamFinding } from '../../../src/ipam/finding.ts';
import { repairsOf } from '../../../src/ipam/repair/select.ts';

const stale: IpamFinding = {
  code: 'CAL3023',
  severity: 'warning',
  subject: { kind: 'endpoint', name: 'shop/old' },
  message: '',
  evidence: {},
  fix: { write: 'delete-endpoint', namespace: 'shop', name: 'old', version: '7' },
  counted: false,
};
const leaked: IpamFinding = {
  ...stale,
  code: 'CAL3004',
  fix: { write: 'delete-handle', handle: 'h', version: '8' },
};

async function chosen(...only: readonly string[]) {
  const findings = (async function* () {
    yield* [stale, leaked, leaked];
  })();
  const { repairs, advised } = await repairsOf(findings, { only: new Set(only), leaks: undefined });
  return { codes: repairs.map(({ code }) => code), advised };
}

test('an endpoint is deleted only where its code is named', async () => {
  expect(await chosen()).toEqual({ codes: ['CAL3004'], advised: 1 });
  expect(await chosen('CAL3023')).toEqual({ codes: ['CAL3023'], advised: 0 });
  expect(await chosen('CAL3004')).toEqual({ codes: ['CAL3004'], advised: 0 });
});
