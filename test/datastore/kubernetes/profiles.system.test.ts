import { describe, expect, test } from 'bun:test';
import { kindOf } from '../../../src/resources/registry.ts';
import { coreCluster, OURS } from './core-objects.ts';

/** Profiles of namespaces and service accounts on a real API server. */

const Profile = await kindOf('Profile');
const cluster = coreCluster();

describe('profiles', () => {
  test('are of namespaces and service accounts', async () => {
    await cluster.core.put('serviceaccounts', {
      metadata: { name: 'web', namespace: OURS, labels: { role: 'front' } },
    });
    const found = await cluster.listed({ kind: Profile });
    expect(found[0]?.metadata.name).toBe('projectcalico-default-allow');
    const ours = found.filter(({ metadata }) => metadata.name.includes(OURS));
    expect(ours.map(({ metadata, spec }) => [metadata.name, spec['labelsToApply']])).toEqual([
      [
        `kns.${OURS}`,
        {
          'pcns.kubernetes.io/metadata.name': OURS,
          'pcns.projectcalico.org/name': OURS,
          'pcns.team': 'blue',
        },
      ],
      [`ksa.${OURS}.web`, { 'pcsa.projectcalico.org/name': 'web', 'pcsa.role': 'front' }],
    ]);
    for (const profile of ours)
      expect(await cluster.store.get({ kind: Profile, name: profile.metadata.name })).toEqual(profile);
  });

  test('are watched, both sorts at once', async () => {
    const query = { kind: Profile, namePrefix: '' };
    const found = await cluster.changes(query, 2, async () => {
      await cluster.core.put('serviceaccounts', { metadata: { name: 'late', namespace: OURS } });
      await cluster.core.change('namespaces', OURS, ({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, labels: { team: 'red' } },
      }));
    });
    const seen = found.map(({ type, resource }) => `${type} ${resource.metadata.name}`).sort();
    expect(seen).toEqual([`added ksa.${OURS}.late`, `modified kns.${OURS}`]);
    for (const { version } of found) expect(version).toMatch(/^\d+\/\d+$/);
  });
});
