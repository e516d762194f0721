import { describe, expect, test } from 'bun:test';
import { load } from 'js-yaml';
import { done, eachInWorkspace, failing } from './fixture.ts';

const place = eachInWorkspace();

interface SchemaDocument {
  readonly $schema: string;
  readonly $id: string;
  readonly title: string;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, object>>;
  readonly properties?: Readonly<Record<string, { readonly properties?: Readonly<Record<string, object>> }>>;
  readonly 'x-calicoctl-rules'?: Readonly<Record<string, string>>;
}

async function schema(line: string): Promise<SchemaDocument> {
  return JSON.parse(await done(place.at, line)) as SchemaDocument;
}

describe('schema', () => {
  test('of one kind describes that kind, by any of its names', async () => {
    const pool = await schema('schema ipp');
    expect(pool.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect([pool.$id, pool.title]).toEqual(['urn:calicoctl:v3.32.0:ippool', 'IPPool']);
    expect(pool.required).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(pool['x-calicoctl-rules']?.['CAL1000']).toBe('The CIDR has no host bits.');
    expect(pool.properties?.['spec']?.properties?.['nodeSelector']).toEqual({
      description: 'Which nodes may use the pool.',
      default: 'all()',
      examples: ["app == 'web'", 'all()'],
      type: 'string',
      maxLength: 1024,
      'x-calicoctl-format': 'selector',
    });
  });

  test('of several kinds, or of all, chooses by the kind of a document', async () => {
    const two = await schema('schema ippool bgppeer IPPools');
    expect(Object.keys(two.$defs ?? {})).toEqual(['document', 'IPPool', 'BGPPeer']);
    const all = await schema('schema');
    expect(Object.keys(all.$defs ?? {})).toContain('Tier');
    expect(Object.keys(all.$defs ?? {})).not.toContain('KubernetesNetworkPolicy');
    expect(JSON.stringify(all)).not.toContain('IPAMBlock');
  });

  test('says what is deprecated', async () => {
    const { properties } = (await schema('schema bgppeer')).properties!['spec']!;
    expect(properties?.['keepOriginalNextHop']).toMatchObject({
      deprecated: true,
      deprecationMessage: 'Obsolete: use nextHopMode `Keep`.',
    });
  });

  test('--output yaml is the same', async () => {
    expect(load(await done(place.at, 'schema tier --output yaml'))).toEqual(await schema('schema tier'));
    expect((await failing(place.at, 'schema tier -o xml')).err).toContain('xml');
  });

  test('a kind that has no manifests, or is none, is refused', async () => {
    expect((await failing(place.at, 'schema knp')).err).toContain('NetworkPolicy of networking.k8s.io/v1');
    expect((await failing(place.at, 'schema ippol')).err).toContain('did you mean "ippool"?');
  });
});
