import { describe, expect, test } from 'bun:test';
import { load } from 'js-yaml';
import { done, eachInWorkspace, failing } from './fixture.ts';

const place = eachInWorkspace();

/** The lines below a heading, without their margin. */
function section(text: string, heading: string): string {
  const found = new RegExp(`^${heading}:\\n((?: {2}.*\\n|\\n)*)`, 'm').exec(text)?.[1] ?? '';
  return found.replace(/^ {2}/gm, '').trimEnd();
}

function head(text: string, heading: string): string | undefined {
  return new RegExp(`^${heading}: +(.*)$`, 'm').exec(text)?.[1];
}

interface Page {
  readonly kind: string;
  readonly field?: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly limits?: string;
  readonly unit?: string;
  readonly default?: unknown;
  readonly defaults?: readonly unknown[];
  readonly assumed?: string;
  readonly rules: readonly { readonly id: string }[];
  readonly fields: readonly { readonly name: string }[];
  readonly example?: object;
}

async function page(words: string): Promise<Page> {
  return JSON.parse(await done(place.at, `explain ${words} -o json`)) as Page;
}

describe('explain of a kind', () => {
  test('names it, its rules and its fields, with an example that is valid', async () => {
    const text = await done(place.at, 'explain pools');
    expect(head(text, 'KIND')).toBe('IPPool');
    expect(head(text, 'NAMES')).toBe('ippools, ipp, ipps, pool, pools');
    expect(head(text, 'SCOPE')).toBe('the cluster');
    expect(section(text, 'RULES')).toContain('CAL1000  The CIDR has no host bits.');
    expect(section(text, 'FIELDS')).toMatch(/^spec\.cidr +cidr, required +The range/m);
    await done(place.at, 'validate -f - --fail-on warning', section(text, 'EXAMPLE'));
  });

  test('of which a cluster has one object', async () => {
    expect(head(await done(place.at, 'explain ipamconfig'), 'ONLY NAME')).toBe('default');
  });

  test('that is only shown has no example', async () => {
    const text = await done(place.at, 'explain knp');
    expect(section(text, 'DESCRIPTION')).toContain('NetworkPolicy of networking.k8s.io/v1');
    expect(section(text, 'EXAMPLE')).toBe('');
  });
});

describe('explain of a field', () => {
  test('tells type, limits, unit, what is written and what is assumed', async () => {
    expect(await page('ippool.spec.blockSize')).toMatchObject({
      ...{ kind: 'IPPool', field: 'spec.blockSize', type: 'integer', required: false },
      ...{ limits: '0 to 128', unit: 'bits', defaults: [26, 122] },
    });
    expect(await page('ippool.spec.nodeSelector')).toMatchObject({ default: 'all()' });
    expect((await page('gnp.spec.types')).defaults).toEqual(
      expect.arrayContaining([['Ingress'], ['Egress']]),
    );
    expect(await page('ippool.spec.disableBGPExport')).toMatchObject({ assumed: 'false' });
    expect(await page('hostendpoint.spec.node')).toMatchObject({ required: true });
    const text = await done(place.at, 'explain ippool.spec.vxlanMode');
    expect(head(text, 'DEFAULT')).toBe('"Never", written');
    expect(head(text, 'LIMITS')).toBe('Never, Always, CrossSubnet');
    expect(head(await done(place.at, 'explain ippool.spec.cidr'), 'FORM')).toBe(
      'a CIDR such as "10.0.0.0/16" or "fd00::/64"',
    );
    expect(head(await done(place.at, 'explain bgppeer.spec.keepOriginalNextHop'), 'DEPRECATED')).toBe('yes');
  });

  test('tells as written what is written, not what the API server would fill in', async () => {
    expect((await page('ipamconfig.spec.autoAllocateBlocks')).default).toBe(false);
    expect(JSON.parse(await done(place.at, 'schema ipamconfig'))).toMatchObject({
      properties: { spec: { properties: { autoAllocateBlocks: { default: false } } } },
    });
  });

  test('names no unit that the form of a duration excludes', async () => {
    expect(await page('felixconfig.spec.routeRefreshInterval')).not.toHaveProperty('unit');
    expect((await page('felixconfig.spec.nftablesRefreshInterval')).unit).toContain('us or ns');
  });

  test.each([
    ['failsafeOutboundHostPorts', expect.arrayContaining([{ protocol: 'tcp', port: 2379 }])],
    ['interfacePrefix', 'cali'],
    ['metadataAddr', '127.0.0.1'],
    ['logFilePath', '/var/log/calico/felix.log'],
    ['wireguardListeningPort', 51820],
  ])('has an example of %s that does no harm when it is copied', async (name, value) => {
    expect(await page(`felixconfig.spec.${name}`)).toMatchObject({ example: { spec: { [name]: value } } });
  });

  test('has prose in lines of a terminal', async () => {
    for (const subject of ['ippool.spec.blockSize', 'CAL1020']) {
      const text = await done(place.at, `explain ${subject}`);
      const prose = `${section(text, 'WHY')}\n${section(text, 'DESCRIPTION')}`;
      expect(prose.trim().split('\n').length).toBeGreaterThan(1);
      expect(prose.split('\n').filter((line) => line.length > 78)).toEqual([]);
    }
  });

  test('is found in any letter case, with and without brackets, in one word and in two', async () => {
    const text = await done(place.at, 'explain gnp.spec.ingress[].destination.ports');
    expect(head(text, 'FIELD')).toBe('spec.ingress[].destination.ports');
    for (const words of ['gnp SPEC.Ingress.destination.PORTS', 'gnp.spec ingress[0].destination.ports[]'])
      expect(await done(place.at, `explain ${words}`)).toBe(text);
  });

  test('of metadata, of status, and below maps', async () => {
    expect((await page('np metadata.namespace')).field).toBe('metadata.namespace');
    expect((await page('np.metadata.labels.example.com/team')).field).toBe('metadata.labels.KEY');
    expect((await page('ippool.status.conditions.reason')).field).toBe('status.conditions[].reason');
    expect((await failing(place.at, 'explain ippool.metadata.namespace')).err).toContain(
      'no field "namespace"',
    );
  });

  test('has rules, children and an example that validates', async () => {
    const text = await done(place.at, 'explain networkpolicy spec.ingress.icmp');
    expect(section(text, 'FIELDS')).toMatch(/^type +integer .*\ncode +integer /);
    expect(section(text, 'RULES')).toContain('CAL1141');
    const example = section(text, 'EXAMPLE');
    expect(example).toContain('icmp:');
    await done(place.at, 'validate -f -', example);
  });

  test('that no manifest may have says so', async () => {
    const text = await done(place.at, 'explain gnp.spec.egress.http');
    expect(section(text, 'EXAMPLE')).toBe('None was found that keeps the rules.');
  });

  test('--recursive names the whole tree', async () => {
    const text = await done(place.at, 'explain bgpfilter.spec --recursive');
    expect(section(text, 'FIELDS')).toMatch(
      /^exportV4\[\]\.operations\[\]\.setPriority\.value +integer, required/m,
    );
    expect(text).not.toContain('EXAMPLE');
    expect((await page('bgpfilter.spec --recursive')).fields.length).toBeGreaterThan(40);
  });

  test('-o yaml gives the same as data', async () => {
    expect(load(await done(place.at, 'explain tier.spec.order --output yaml'))).toEqual(
      await page('tier.spec.order'),
    );
    expect((await failing(place.at, 'explain tier -o xml')).err).toContain('xml');
  });
});

describe('explain of a rule', () => {
  test('tells why, with a wrong and a right example', async () => {
    const text = await done(place.at, 'explain cal1000');
    expect([head(text, 'RULE'), head(text, 'SEVERITY'), head(text, 'KINDS')]).toEqual([
      'CAL1000',
      'error',
      'IPPool',
    ]);
    expect(section(text, 'WHY')).not.toBe('');
    expect((await failing(place.at, 'validate -f -', section(text, 'WRONG'))).err).toContain('CAL1000');
    await done(place.at, 'validate -f -', section(text, 'RIGHT'));
    expect(JSON.parse(await done(place.at, 'explain CAL1000 -o json'))).toMatchObject({
      id: 'CAL1000',
      scope: 'resource',
    });
  });

  test('about what is stored shows that too', async () => {
    expect(section(await done(place.at, 'explain CAL1020'), 'STORED BEFORE')).toContain('kind: IPPool');
  });
});

describe('explain of a finding of ipam check', () => {
  test('tells how it comes about and what to do', async () => {
    const text = await done(place.at, 'explain cal3012');
    expect(head(text, 'FINDING')).toBe('CAL3012');
    expect(head(text, 'SEVERITY')).toBe('warning');
    expect(section(text, 'REMEDY')).toBe('ipam repair deletes it, if it has not changed since.');
  });

  test('as JSON', async () => {
    expect(JSON.parse(await done(place.at, 'explain CAL3012 -o json'))).toMatchObject({
      id: 'CAL3012',
      title: 'empty block owned by nobody',
    });
  });
});

describe('explain of what is not there', () => {
  test.each([
    ['ippol', 'did you mean "ippool"?'],
    ['ippool.spec.cdir', 'did you mean "cidr"?'],
    ['ippool.blockSize', 'There is IPPool.spec.blockSize.'],
    ['ippool.spec.cidr.mask', 'has no fields'],
    ['CAL1099', 'did you mean "CAL10'],
    ['CAL3099', 'did you mean "CAL30'],
  ])('%s', async (words, said) => {
    expect((await failing(place.at, `explain ${words}`)).err).toContain(said);
  });
});
