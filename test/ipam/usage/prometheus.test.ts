import { expect, test } from 'bun:test';
import { NodeTally } from '../../../src/ipam/usage/nodes.ts';
import { prometheusText } from '../../../src/ipam/usage/prometheus.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';

test('labels are escaped, metrics have help and type, numbers are digits', () => {
  const pool = {
    ...{ name: 'a\\b"c\nd', range: parseCidr('fd00::/48')!, blockSize: 122 },
    ...{ disabled: false, nodeSelector: '' },
  };
  const counts = { total: 1n << 80n, inUse: 0n, reserved: 0n, free: 1n << 80n };
  const usage = { pools: [{ pool, blocks: [], ...counts }], orphans: [], corrupt: [] };
  const text = prometheusText(usage, new NodeTally());
  expect(text).toStartWith(
    [
      '# HELP calico_ipam_pool_size Addresses of the pool.',
      '# TYPE calico_ipam_pool_size gauge',
      'calico_ipam_pool_size{pool="a\\\\b\\"c\\nd",cidr="fd00::/48"} 1208925819614629174706176',
      '',
    ].join('\n'),
  );
  const line =
    /^(# (HELP \w+ .+|TYPE \w+ gauge)|[a-z_]+\{[a-z]+="(\\.|[^"\\\n])*"(,[a-z]+="(\\.|[^"\\\n])*")*\} \d+)$/;
  expect(
    text
      .trimEnd()
      .split('\n')
      .filter((each) => !line.test(each)),
  ).toEqual([]);
  expect(text).toEndWith('\n');
});
