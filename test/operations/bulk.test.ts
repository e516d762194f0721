import { expect, test } from 'bun:test';
import { CalicoctlError, type ErrorDetails } from '../../src/core/errors.ts';
import type { OutcomeResult } from '../../src/core/result.ts';
import { runBulk } from '../../src/operations/bulk.ts';
import { outcomeText } from '../../src/output/outcome.ts';
import { API_VERSION, type Ref } from '../../src/resources/kind.ts';
import type { Manifest } from '../../src/resources/manifest.ts';
import { kindOf } from '../../src/resources/registry.ts';

async function manifests(kind: string, namespace: string | undefined, count: number): Promise<Manifest[]> {
  const declared = await kindOf(kind);
  return Array.from({ length: count }, (_, index) => {
    const metadata = { name: `n${index}`, ...(namespace === undefined ? {} : { namespace }) };
    return { kind: declared, resource: { apiVersion: API_VERSION, kind, metadata, spec: {} } };
  });
}

/** Runs over `given`, refusing what `refuses` says; also tells how often each kind and namespace was tried. */
async function run(
  given: readonly Manifest[],
  refuses: (ref: Ref) => ErrorDetails | undefined,
  concurrency = 8,
): Promise<{ outcome: OutcomeResult; tried: Record<string, number> }> {
  const tried: Record<string, number> = {};
  const operation = async ({ ref }: { readonly ref: Ref }) => {
    const key = `${ref.kind.kind}/${ref.namespace ?? ''}`;
    tried[key] = (tried[key] ?? 0) + 1;
    await Promise.resolve();
    const refusal = refuses(ref);
    if (refusal !== undefined) throw new CalicoctlError('unauthorized', `no rights for ${key}`, refusal);
  };
  const signal = new AbortController().signal;
  const outcome = await runBulk(given, operation, { verb: 'apply', namespaces: {}, concurrency, signal });
  return { outcome, tried };
}

const RESOURCE = { scope: 'resource' } as const;

test('what is refused in one namespace stops nothing elsewhere, and is given up there', async () => {
  const given = [
    ...(await manifests('NetworkSet', 'ours', 50)),
    ...(await manifests('NetworkSet', 'theirs', 100)),
    ...(await manifests('GlobalNetworkSet', undefined, 100)),
    ...(await manifests('NetworkPolicy', 'theirs', 50)),
  ];
  const refuses = ({ kind, namespace }: Ref) =>
    (kind.kind === 'NetworkSet' && namespace === 'theirs') || kind.kind === 'GlobalNetworkSet'
      ? RESOURCE
      : undefined;
  const { outcome, tried } = await run(given, refuses, 1);
  expect(tried).toEqual({
    'NetworkSet/ours': 50,
    'NetworkSet/theirs': 16,
    'GlobalNetworkSet/': 16,
    'NetworkPolicy/theirs': 50,
  });
  expect(outcomeText(outcome)).toEqual({
    status: 1,
    out: 'Partial success: applied 100 out of 300 resources\n',
    err: [
      'Failed to apply 16 resources: no rights for NetworkSet/theirs',
      'Failed to apply 16 resources: no rights for GlobalNetworkSet/',
      'Not tried: 84 more NetworkSet resource(s) in namespace theirs, since all before them were refused',
      'Not tried: 84 more GlobalNetworkSet resource(s), since all before them were refused',
      'In all: 100 of 300 resources were applied, 32 failed, 168 were not tried.\n',
    ].join('\n'),
  });
});

test('as soon as one of a kind is allowed, all of it are tried', async () => {
  const given = await manifests('GlobalNetworkSet', undefined, 200);
  const { outcome, tried } = await run(given, ({ name }) => (name === 'n3' ? undefined : RESOURCE));
  expect(tried).toEqual({ 'GlobalNetworkSet/': 200 });
  expect(outcomeText(outcome)).toEqual({
    status: 1,
    out: "Partial success: applied 1 out of 200 'GlobalNetworkSet' resources\n",
    err: 'Failed to apply 199 resources: no rights for GlobalNetworkSet/\n',
  });
});

test('with many under way at once, those are the most that are refused in vain', async () => {
  const given = await manifests('GlobalNetworkSet', undefined, 1000);
  const { outcome, tried } = await run(given, () => RESOURCE, 64);
  expect(tried['GlobalNetworkSet/']).toBeLessThanOrEqual(16 + 64);
  expect(outcome.errors.length + outcome.leftOut![0]!.count).toBe(1000);
});

test('whoever is refused everything stops', async () => {
  const given = [
    ...(await manifests('NetworkSet', 'ours', 50)),
    ...(await manifests('GlobalNetworkSet', undefined, 50)),
  ];
  const { outcome, tried } = await run(given, () => ({}), 1);
  expect(tried).toEqual({ 'NetworkSet/ours': 1 });
  expect(outcomeText(outcome).err).toBe(
    'Failed to apply: no rights for NetworkSet/ours\n' +
      'Stopped: the datastore refuses access: 0 of 100 resources were applied, 1 failed, 99 were not tried.\n',
  );
});

test('fields that the datastore refuses are shown where they stand', async () => {
  const [given] = await manifests('GlobalNetworkSet', undefined, 1);
  const place: NonNullable<Manifest['place']> = (path) => ({ file: `${path.join('-')}.yaml`, line: 7 });
  const { outcome } = await run([{ ...given!, place }], () => ({
    problems: [{ path: ['spec', 'nets'], message: 'too many' }],
  }));
  expect(outcomeText(outcome).err).toContain('  spec-nets.yaml:7: spec.nets: too many\n');
});

test('of what an interrupt leaves half done is told, of the interrupt itself once', async () => {
  const given = await manifests('GlobalNetworkSet', undefined, 3);
  const half = new CalicoctlError('cancelled', 'n0 is disabled: cancelled', {
    cause: new CalicoctlError('cancelled', 'cancelled'),
  });
  const errors = [half, new CalicoctlError('cancelled', 'cancelled')];
  const operation = async () => {
    throw errors.shift();
  };
  const signal = new AbortController().signal;
  const options = { verb: 'delete', namespaces: {}, concurrency: 2, signal } as const;
  expect(outcomeText(await runBulk(given, operation, options))).toEqual({
    out: '',
    err: 'Failed to delete: n0 is disabled: cancelled\nStopped: interrupted: 0 of 3 resources were deleted, 1 failed, 2 were not tried.\n',
    status: 130,
  });
});
