import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { qosControls } from '../../../../src/datastore/kubernetes/objects/qos.ts';
import { parseQuantity } from '../../../../src/datastore/kubernetes/objects/quantity.ts';

describe('quantities', () => {
  test.each<[string, bigint | undefined]>([
    ['0', 0n],
    ['1500m', 2n],
    ['-1500m', -2n],
    ['+5', 5n],
    ['1.01k', 1010n],
    ['.5Ki', 512n],
    ['5.', 5n],
    ['10M', 10_000_000n],
    ['4Gi', 4_294_967_296n],
    ['1.5Gi', 1_610_612_736n],
    ['2e6', 2_000_000n],
    ['2E6', 2_000_000n],
    ['2E', 2_000_000_000_000_000_000n],
    ['25e-1', 3n],
    ['100n', 1n],
    ['1Ei', 1_152_921_504_606_846_976n],
    ['', undefined],
    ['.', undefined],
    ['k', undefined],
    ['1K', undefined],
    ['1KB', undefined],
    ['1 M', undefined],
    ['1e', undefined],
    ['0x10', undefined],
    ['1mi', undefined],
    ['1e999999999', undefined],
  ])('%s', (text, value) => expect(parseQuantity(text)).toBe(value!));

  test('of whole numbers are those', () => {
    fc.assert(fc.property(fc.bigInt(), (value) => expect(parseQuantity(String(value))).toBe(value)));
  });

  test('are rounded away from zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (milli) =>
        expect(parseQuantity(`${milli}m`)).toBe(BigInt(Math.ceil(milli / 1000))),
      ),
    );
  });
});

const qos = (annotations: Record<string, string>) =>
  qosControls(
    Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [
        key.includes('/') ? key : `qos.projectcalico.org/${key}`,
        value,
      ]),
    ),
  );

describe('limits on traffic', () => {
  test.each<[Record<string, string>, Record<string, unknown> | undefined]>([
    [{}, undefined],
    [{ ingressBandwidth: '10M' }, { ingressBandwidth: 10_000_000, ingressBurst: 4_294_967_296 }],
    [
      { 'kubernetes.io/egress-bandwidth': '1G', egressBurst: '1M' },
      { egressBandwidth: 1e9, egressBurst: 1_000_000 },
    ],
    [
      { 'kubernetes.io/ingress-bandwidth': '1G', ingressBandwidth: '2G' },
      { ingressBandwidth: 2e9, ingressBurst: 4_294_967_296 },
    ],
    [{ 'kubernetes.io/ingress-bandwidth': '1G', ingressBandwidth: 'fast' }, undefined],
    [
      { ingressBandwidth: '1', ingressBurst: '1' },
      { ingressBandwidth: 1000, ingressBurst: 1000 },
    ],
    [
      { egressBandwidth: '2P', egressBurst: '1T' },
      { egressBandwidth: 1e15, egressBurst: 34_359_738_360 },
    ],
    [{ ingressBurst: '1M' }, undefined],
    [
      { ingressBandwidth: '1M', ingressPeakrate: '2M', ingressMinburst: '1500' },
      {
        ingressBandwidth: 1_000_000,
        ingressBurst: 4_294_967_296,
        ingressPeakrate: 2_000_000,
        ingressMinburst: 1500,
      },
    ],
    [
      { ingressBandwidth: '2M', ingressPeakrate: '2M', ingressMinburst: '1500' },
      { ingressBandwidth: 2_000_000, ingressBurst: 4_294_967_296 },
    ],
    [{ egressPeakrate: '2M' }, undefined],
    [{ egressPacketRate: '100' }, { egressPacketRate: 100, egressPacketBurst: 5 }],
    [
      { egressPacketRate: '1M', egressPacketBurst: '20k' },
      { egressPacketRate: 10_000, egressPacketBurst: 10_000 },
    ],
    [{ ingressPacketBurst: '7' }, undefined],
    [
      { ingressMaxConnections: '10G', egressMaxConnections: '0' },
      { ingressMaxConnections: 4_294_967_295, egressMaxConnections: 1 },
    ],
    [{ dscp: 'EF' }, { dscp: 'EF' }],
    [{ dscp: '20' }, { dscp: 20 }],
    [{ dscp: '64' }, undefined],
  ])('%o', (annotations, limits) => expect<unknown>(qos(annotations)).toEqual(limits));
});
