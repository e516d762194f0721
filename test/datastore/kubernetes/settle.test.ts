import { beforeEach, describe, expect, test } from 'bun:test';
import { CalicoctlError, type ErrorClass } from '../../../src/core/errors.ts';
import { HttpFailure, UNKNOWN_OUTCOME } from '../../../src/datastore/kubernetes/http/failure.ts';
import { settled } from '../../../src/datastore/kubernetes/settle.ts';
import type { Backing } from '../../../src/datastore/kubernetes/store.ts';
import type { Ref, Resource } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';

const NOW = '2026-01-31T10:00:00Z';
const name = 'a';
const ref: Ref = { kind: await kindOf('GlobalNetworkSet'), name };

function set(net: string, metadata: Partial<Resource['metadata']> = {}): Resource {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkSet',
    metadata: { name, creationTimestamp: NOW, ...metadata },
    spec: { nets: [net] },
  };
}

let stored: Resource | undefined;
let writes: number;
let version: number;
beforeEach(() => {
  stored = undefined;
  writes = 0;
  version = 0;
});

function put(resource: Resource): Resource {
  const metadata = { uid: `u${version}`, ...resource.metadata, resourceVersion: String(++version) };
  // The server's own default stands beside what was written.
  stored = { ...resource, metadata, spec: { ...resource.spec, defaulted: true } };
  writes++;
  return stored;
}

function fail(errorClass: ErrorClass): never {
  throw new CalicoctlError(errorClass, errorClass);
}

/** One object at a conditional-write server. */
const server: Backing = {
  get: async () => stored ?? fail('not-found'),
  create: async (_, resource) => (stored === undefined ? put(resource) : fail('already-exists')),
  async update(_, resource) {
    if (stored === undefined) fail('not-found');
    return resource.metadata.resourceVersion === stored.metadata.resourceVersion
      ? put(resource)
      : fail('conflict');
  },
  async delete(_, precondition) {
    const gone = stored ?? fail('not-found');
    if (precondition !== undefined && precondition !== gone.metadata.resourceVersion) fail('conflict');
    stored = undefined;
    writes++;
    return gone;
  },
  list: () => fail('datastore'),
  watch: () => fail('datastore'),
};

type Happening = 'before' | 'after' | (() => void);

const BROKEN = new HttpFailure('broken', 'broke');

function lost(cause?: HttpFailure, errorClass: ErrorClass = 'unavailable'): never {
  const details = { mayBeDone: true, cause };
  throw new CalicoctlError(errorClass, `no answer${UNKNOWN_OUTCOME}`, details);
}

/** The server behind a line that loses the answers of the first writes: before or after they were carried out. */
function losing(...happenings: readonly Happening[]): Backing {
  const left = [...happenings];
  const over = async (write: () => Promise<Resource>) => {
    const happening = left.shift();
    if (happening === undefined) return write();
    if (happening !== 'before') await write();
    if (typeof happening === 'function') happening();
    return lost(BROKEN);
  };
  const lossy = {
    ...server,
    create: (...args: Parameters<Backing['create']>) => over(() => server.create(...args)),
    update: (...args: Parameters<Backing['update']>) => over(() => server.update(...args)),
    delete: (...args: Parameters<Backing['delete']>) => over(() => server.delete(...args)),
  } satisfies Backing;
  return settled(lossy, 0);
}

async function outcome(work: Promise<Resource>): Promise<string> {
  return work.then(
    () => 'done',
    (error: CalicoctlError) => `${error.message}${error.details.mayBeDone ? ' (may be done)' : ''}`,
  );
}

describe.each([
  ['before they were carried out', ['before', 'before']],
  ['after they were carried out', ['after']],
] as const)('writes whose answers are lost %s', (_, happenings) => {
  test('create once', async () => {
    expect(await outcome(losing(...happenings).create(ref, set('10.0.0.0/8')))).toBe('done');
    expect({ writes, spec: stored?.spec }).toEqual({
      ...{ writes: 1, spec: { nets: ['10.0.0.0/8'], defaulted: true } },
    });
  });

  test('update once', async () => {
    const { resourceVersion } = put(set('10.0.0.0/8')).metadata;
    const next = set('11.0.0.0/8', { resourceVersion: resourceVersion! });
    expect(await outcome(losing(...happenings).update(ref, next))).toBe('done');
    expect({ writes, nets: stored?.spec['nets'] }).toEqual({ writes: 2, nets: ['11.0.0.0/8'] });
  });

  test('delete once, with a condition and without', async () => {
    for (const conditional of [true, false]) {
      writes = 0;
      const { resourceVersion } = put(set('10.0.0.0/8')).metadata;
      const remove = losing(...happenings).delete(ref, conditional ? resourceVersion : undefined);
      expect((await remove).metadata.name).toBe(name);
      expect({ writes, stored }).toEqual({ writes: 2, stored: undefined });
    }
  });
});

describe('somebody else', () => {
  const other = () => void put(set('12.0.0.0/8'));

  test('who created the same name is not taken for us', async () => {
    other();
    expect(await outcome(losing('before').create(ref, set('10.0.0.0/8')))).toBe('already-exists');
  });

  test('who created the same long ago is not taken for us', async () => {
    put(set('10.0.0.0/8', { creationTimestamp: '2026-01-30T10:00:00Z' }));
    expect(await outcome(losing('before').create(ref, set('10.0.0.0/8')))).toBe('already-exists');
  });

  test('who changed the object meanwhile is not written over', async () => {
    const { resourceVersion } = put(set('10.0.0.0/8')).metadata;
    const next = set('11.0.0.0/8', { resourceVersion: resourceVersion! });
    other();
    expect(await outcome(losing('before').update(ref, next))).toBe('conflict');
    expect(stored?.spec['nets']).toEqual(['12.0.0.0/8']);
  });

  test('who created the object anew after its deletion keeps it', async () => {
    put(set('10.0.0.0/8'));
    const happenings: readonly Happening[] = ['before', () => void put(set('13.0.0.0/8'))];
    expect(await outcome(losing(...happenings).delete(ref))).toBe('done');
    expect(stored?.spec['nets']).toEqual(['13.0.0.0/8']);
  });
});

describe('a server that loses every answer', () => {
  const never = (cause?: HttpFailure) =>
    settled({ ...server, create: async () => lost(cause) }, 0).create(ref, set('10.0.0.0/8'));

  test('is given up: what it answered was not done, what it left open may be', async () => {
    expect(await outcome(never())).toBe('no answer');
    expect(await outcome(never(BROKEN))).toBe(`no answer${UNKNOWN_OUTCOME} (may be done)`);
  });

  test('and cannot be asked either leaves it open', async () => {
    const deaf: Backing = { ...server, create: async () => lost(), get: () => fail('unavailable') };
    expect(await outcome(settled(deaf, 0).create(ref, set('10.0.0.0/8')))).toBe(
      `no answer${UNKNOWN_OUTCOME} (may be done)`,
    );
  });
});

test('an interrupt is not answered with more requests', async () => {
  for (const errorClass of ['cancelled', 'timeout'] as const) {
    const interrupted = settled({
      ...server,
      create: async () => lost(BROKEN, errorClass),
      get: () => fail('datastore'),
    });
    expect(await outcome(interrupted.create(ref, set('10.0.0.0/8')))).toContain('(may be done)');
  }
});
