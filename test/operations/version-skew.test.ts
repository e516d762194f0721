import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { CalicoctlError, type ErrorDetails, formatError } from '../../src/core/errors.ts';
import { CALICO_VERSION } from '../../src/core/version.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { type Access, checkVersionSkew } from '../../src/operations/version-skew.ts';
import { fileStore, type OpenStore } from './stores.ts';

let open: OpenStore;
let warnings: string[];
beforeAll(async () => {
  open = await fileStore();
});
afterAll(() => open.stop());
beforeEach(() => {
  warnings = [];
});

function refusing(details: ErrorDetails): Datastore {
  return {
    ...open.store,
    async get() {
      throw new CalicoctlError('unauthorized', 'u may not get clusterinformations', details);
    },
  };
}

async function said(store: Datastore, access: Access, strict = false): Promise<string> {
  const warn = (text: string) => {
    warnings.push(text);
  };
  const error = await checkVersionSkew(store, access, { strict, warn }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error === undefined ? '' : formatError(error);
}

describe('a version that the user may not see', () => {
  const hidden = () => refusing({ scope: 'resource', hint: 'Ask for the role.' });
  const refusal = [
    'unable to get Cluster Information to verify version mismatch: u may not get clusterinformations',
    '  Ask for the role.',
    '  Or add --allow-version-mismatch to go on without this check.',
  ].join('\n');

  test('is a warning to readers', async () => {
    expect(await said(hidden(), 'read')).toBe('');
    expect(warnings).toEqual([
      'Warning: the cluster’s version cannot be compared with this client’s: u may not get clusterinformations. Silence this with --allow-version-mismatch.',
    ]);
  });

  test('stops writers, and with the rule of the reference also readers', async () => {
    expect(await said(hidden(), 'write')).toBe(refusal);
    expect(await said(hidden(), 'read', true)).toBe(refusal);
    expect(warnings).toEqual([]);
  });
});

test('who is refused everything is refused here', async () => {
  for (const access of ['read', 'write'] as const)
    expect(await said(refusing({}), access)).toBe('u may not get clusterinformations');
  expect(warnings).toEqual([]);
});

test('no version, or ours, goes on in silence', async () => {
  expect(await said(open.store, 'write')).toBe('');
  const ours: Datastore = {
    ...open.store,
    get: async ({ kind, name }) => ({
      apiVersion: '',
      kind: kind.kind,
      metadata: { name },
      spec: { calicoVersion: CALICO_VERSION },
    }),
  };
  expect(await said(ours, 'write', true)).toBe('');
  expect(warnings).toEqual([]);
});
