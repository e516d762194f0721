import { expect, test } from 'bun:test';
import type { Fix } from '../../src/core/errors.ts';
import { check } from '../../src/resources/check.ts';
import { decodeDocument, withSchemaDefaults } from '../../src/resources/document.ts';
import { API_VERSION } from '../../src/resources/kind.ts';
import { readManifestsTolerantly } from '../../src/resources/manifest.ts';
import { kindOf } from '../../src/resources/registry.ts';

/** What the faults of a spec say to write instead; undefined for a fault with no one answer. */
async function fixesOf(kindName: string, spec: object): Promise<(Fix | undefined)[]> {
  const kind = await kindOf(kindName);
  const value = { apiVersion: API_VERSION, kind: kindName, metadata: { name: 'x' }, spec };
  const { resource, problems } = decodeDocument(kind, value);
  const whole = { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
  return (problems.length > 0 ? problems : check(kind, whole)).map(({ fix }) => fix);
}

const rule = (fields: object) => ({ types: ['Ingress'], ingress: [{ action: 'Allow', ...fields }] });
const pool = (fields: object) => ({ cidr: '10.0.0.0/16', ...fields });
const filter = (cidr: string) => ({ importV4: [{ action: 'Accept', matchOperator: 'In', cidr }] });
const services = (cidr: string) => ({ serviceExternalIPs: [{ cidr }] });

/** A spec with one fault, and what it has to be; undefined where that is not certain. */
const CASES: readonly [kind: string, spec: object, value: string | number | undefined][] = [
  ['IPPool', pool({ cidr: '10.0.0.7/16' }), '10.0.0.0/16'],
  ['IPPool', pool({ cidr: 'fd00:0::7/64' }), 'fd00::/64'],
  ['IPPool', pool({ cidr: '::ffff:10.0.0.0/112' }), '10.0.0.0/16'],
  ['IPPool', pool({ cidr: '10.0.0.7' }), undefined],
  ['IPPool', pool({ ipipMode: 'always' }), 'Always'],
  ['IPPool', pool({ ipipMode: 'CROSSSUBNET' }), 'CrossSubnet'],
  ['IPPool', pool({ ipipMode: 'Allways' }), undefined],
  ['IPPool', pool({ blockSize: '26' }), 26],
  ['IPPool', pool({ blockSize: '26.0' }), undefined],
  ['GlobalNetworkPolicy', rule({ action: 'allow' }), 'Allow'],
  ['GlobalNetworkPolicy', rule({ ipVersion: '4' }), 4],
  ['GlobalNetworkPolicy', rule({ protocol: 'tcp' }), 'TCP'],
  ['GlobalNetworkPolicy', rule({ protocol: 'icmpv6' }), 'ICMPv6'],
  ['GlobalNetworkPolicy', rule({ protocol: 'http' }), undefined],
  ['GlobalNetworkPolicy', rule({ source: { nets: ['10.1.2.3/8'] } }), '10.0.0.0/8'],
  ['GlobalNetworkPolicy', rule({ source: { notNets: ['192.0.2.7'] } }), '192.0.2.7/32'],
  ['GlobalNetworkPolicy', rule({ source: { nets: ['2001:db8::7'] } }), '2001:db8::7/128'],
  ['GlobalNetworkPolicy', rule({ source: { nets: ['10.0.0.0'] } }), undefined],
  ['GlobalNetworkPolicy', rule({ source: { nets: ['10.0.0.7/0'] } }), undefined],
  ['GlobalNetworkPolicy', rule({ source: { nets: ['::ffff:10.0.0.7'] } }), undefined],
  ['BGPFilter', filter('10.0.0.7/8'), '10.0.0.0/8'],
  ['BGPFilter', filter('192.0.2.7'), '192.0.2.7/32'],
  ['BGPConfiguration', services('192.0.2.7/24'), '192.0.2.0/24'],
  ['IPReservation', { reservedCIDRs: ['192.0.2.7'] }, '192.0.2.7/32'],
  ['FelixConfiguration', { serviceLoopPrevention: 'drop' }, 'Drop'],
  ['FelixConfiguration', { bpfJITHardening: 'strict' }, 'Strict'],
];

test.each(CASES)('%s: %j', async (kind, spec, value) => {
  // Settings of the cluster are wrong in a configuration of any other name, which nothing mends.
  const fixes = (await fixesOf(kind, spec)).slice(-1);
  expect(fixes).toEqual([value === undefined ? undefined : { value }]);
});

test('a range of ports with a dash', async () => {
  const ports = (port: string) => rule({ protocol: 'TCP', destination: { ports: [port] } });
  expect(await fixesOf('GlobalNetworkPolicy', ports('80-90'))).toEqual([{ value: '80:90' }]);
  expect(await fixesOf('GlobalNetworkPolicy', ports('90-80'))).toEqual([undefined]);
  expect(await fixesOf('GlobalNetworkPolicy', ports('80-70000'))).toEqual([undefined]);
});

test.each([
  ['ippool', API_VERSION, ['kind'], { value: 'IPPool' }],
  ['Pool', API_VERSION, ['kind'], undefined],
  ['IPPool', 'projectcalico.org/V3', ['apiVersion'], { value: API_VERSION }],
  ['IPPool', 'v3', ['apiVersion'], undefined],
  ['ippool', 'v3', ['kind'], undefined],
])('kind %s of %s', async (kind, apiVersion, path, fix) => {
  const faults: unknown[] = [];
  const document = { file: 'f', value: { kind, apiVersion }, place: () => ({ file: 'f' }) };
  await readManifestsTolerantly(document, ({ details: { fault } }) => faults.push([fault?.path, fault?.fix]));
  expect(faults).toEqual([[path, fix]]);
});
