import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import {
  NOTE,
  shownMetadata,
  storedMetadata,
} from '../../../../src/datastore/kubernetes/objects/metadata.ts';
import { convertUid } from '../../../../src/datastore/kubernetes/objects/uid.ts';
import type { Metadata } from '../../../../src/resources/kind.ts';

/** What users see as metadata, and where `crd.projectcalico.org/v1` keeps it. */

const CREATED = '2025-11-21T09:45:01Z';
const UID = '2413a255-9d47-42e7-8f37-0b70fa7c8728';

function stored(metadata: object, kind = 'GlobalNetworkSet', current?: Metadata) {
  return storedMetadata({ kind, metadata: { name: 'a', ...metadata } }, current);
}

/** A custom resource with a note. */
function noted(note: object, own: Partial<Metadata> = {}): Metadata {
  return { name: 'a', ...own, annotations: { ...own.annotations, [NOTE]: JSON.stringify(note) } };
}

function shown(metadata: Metadata, kind = 'GlobalNetworkSet', spec: object = {}) {
  return shownMetadata(kind, metadata, spec);
}

describe('the note', () => {
  test('holds what users see, in the order in which Go writes it', () => {
    const { annotations } = stored({
      ...{ finalizers: ['f'], annotations: { b: '<&>' }, labels: { z: '1' }, creationTimestamp: CREATED },
      ...{
        namespace: 'dev',
        uid: UID,
        resourceVersion: '7',
        selfLink: '/x',
        generation: 3,
        managedFields: [{}],
      },
    });
    expect(annotations).toEqual({
      [NOTE]: `{"creationTimestamp":"${CREATED}","labels":{"z":"1"},"annotations":{"b":"\\u003c\\u0026\\u003e"},"finalizers":["f"]}`,
    });
  });

  test('is an empty object where there is nothing to say', () => {
    expect(stored({})).toEqual({ annotations: { [NOTE]: '{}' } } as never);
  });

  test('holds the name of policies of tiers', () => {
    for (const kind of [
      'NetworkPolicy',
      'GlobalNetworkPolicy',
      'StagedNetworkPolicy',
      'StagedGlobalNetworkPolicy',
    ])
      expect(stored({}, kind).annotations).toEqual({ [NOTE]: '{"name":"a"}' });
    expect(stored({}, 'StagedKubernetesNetworkPolicy').annotations).toEqual({ [NOTE]: '{}' });
  });

  test('is not alone to hold labels and annotations of Calico', () => {
    const own = { 'projectcalico.org/tier': 'default', 'x.operator.tigera.io/y': '1' };
    const all = { ...own, other: '2' };
    expect(stored({ labels: all, annotations: all })).toEqual({
      labels: own,
      annotations: { ...own, [NOTE]: JSON.stringify({ labels: all, annotations: all }) },
    } as never);
  });

  test('names owners of our API as they are stored', () => {
    const owner = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', name: 'p', uid: UID };
    const pod = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: UID };
    const { annotations, ...others } = stored({ ownerReferences: [owner, pod] });
    expect(JSON.parse(annotations![NOTE]!)).toEqual({
      ownerReferences: [{ ...owner, apiVersion: 'crd.projectcalico.org/v1', uid: convertUid(UID) }, pod],
    });
    expect(others as object).toEqual({});
    expect(shown({ name: 'a', annotations: annotations! })['ownerReferences']).toEqual([owner, pod]);
  });

  test('keeps fields that this program does not know', () => {
    const { annotations } = stored({ sideNote: { kept: ['yes'] } });
    expect(shown({ name: 'a', annotations: annotations! })).toEqual({
      name: 'a',
      sideNote: { kept: ['yes'] },
    });
  });
});

describe('what is shown', () => {
  const times = {
    creationTimestamp: '2026-01-01T00:00:00Z',
    resourceVersion: '7',
    generation: 3,
    managedFields: [{}],
  };

  test('of a custom resource without a note is what it says', () => {
    const metadata = { ...times, name: 'default.x', labels: { a: '1' }, annotations: { b: '2' } };
    expect(shown(metadata, 'NetworkPolicy')).toEqual(metadata);
  });

  test('of one with a note is the note over what it says', () => {
    const note = { creationTimestamp: CREATED, labels: { a: 'note', b: '1' }, annotations: { c: '2' } };
    const own = { ...times, namespace: 'dev', labels: { a: 'own', d: '3' }, annotations: { e: '4' } };
    expect(shown(noted(note, own))).toEqual({
      name: 'a',
      namespace: 'dev',
      resourceVersion: '7',
      creationTimestamp: CREATED,
      labels: { a: 'note', b: '1', d: '3' },
      annotations: { c: '2', e: '4' },
    });
  });

  test('has the time of the custom resource where the note has none', () => {
    expect(shown(noted({}, times)).creationTimestamp).toBe(times.creationTimestamp);
  });

  test('has the name in the note, or that of old policies without the tier', () => {
    const old: Metadata = { ...noted({}), name: 'default.web' };
    expect(shown(noted({ name: 'web' }), 'NetworkPolicy').name).toBe('web');
    expect(shown(old, 'NetworkPolicy').name).toBe('web');
    expect(shown(old, 'GlobalNetworkPolicy', { tier: 'default' }).name).toBe('web');
    expect(shown(old, 'NetworkPolicy', { tier: 'other' }).name).toBe('default.web');
    expect(shown(old, 'IPPool').name).toBe('default.web');
  });

  test('says what waits for whom before it goes', () => {
    const own = { finalizers: ['own'], deletionTimestamp: CREATED, deletionGracePeriodSeconds: 0 };
    expect(shown(noted({ finalizers: ['note', 'own'] }, own))).toEqual({
      name: 'a',
      deletionTimestamp: CREATED,
      deletionGracePeriodSeconds: 0,
      finalizers: ['note', 'own'],
    });
  });

  test('is nothing where the note is no JSON object', () => {
    for (const text of ['', '{', '[]', 'null', '"x"'])
      expect(() => shown({ name: 'a', annotations: { [NOTE]: text } })).toThrow(SyntaxError);
  });
});

describe('what others gave the custom resource', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: UID };
  const current: Metadata = {
    ...{ name: 'a', labels: { app: 'x', keep: '1' }, annotations: { 'argocd/x': 'y' } },
    ...{ finalizers: ['wait'], ownerReferences: [owner] },
  };

  test('stays on it, and what users add goes into the note', () => {
    const seen = shown(current);
    const changed = {
      ...seen,
      labels: { ...seen.labels, app: 'z', mine: '2' },
      annotations: { ...seen.annotations, mine: '3' },
      finalizers: ['wait', 'mine'],
    };
    expect(stored(changed, 'IPPool', current)).toEqual({
      labels: { app: 'z', keep: '1' },
      annotations: {
        'argocd/x': 'y',
        [NOTE]: '{"labels":{"mine":"2"},"annotations":{"mine":"3"},"finalizers":["mine"]}',
      },
      ownerReferences: [owner],
      finalizers: ['wait'],
    } as never);
  });

  test('goes where users take it away', () => {
    const { labels: _, annotations: __, finalizers: ___, ownerReferences: ____, ...bare } = shown(current);
    expect(stored(bare, 'IPPool', current)).toEqual({ annotations: { [NOTE]: '{}' } } as never);
  });

  test('is changed in both places where the note has it too', () => {
    const both = noted({ labels: { app: 'note' } }, current);
    const seen = shown(both);
    expect(seen.labels).toEqual({ app: 'note', keep: '1' });
    const next = stored({ ...seen, labels: { app: 'new', keep: '1' } }, 'IPPool', both);
    expect(next.labels).toEqual({ app: 'new', keep: '1' });
    expect(JSON.parse(next.annotations![NOTE]!).labels).toEqual({ app: 'new' });
  });

  test('who owns it under our API is shown so once there is a note', () => {
    const crd = { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', name: 'p', uid: UID };
    const both = noted({}, { ownerReferences: [crd] });
    const seen = shown(both);
    expect(seen['ownerReferences']).toEqual([
      { ...crd, apiVersion: 'projectcalico.org/v3', uid: convertUid(UID) },
    ]);
    expect(stored(seen, 'IPPool', both)).toEqual({
      annotations: { [NOTE]: '{}' },
      ownerReferences: [crd],
    } as never);
  });
});

const key = fc.constantFrom('a', 'b', 'c', 'projectcalico.org/tier', 'operator.tigera.io/x');
const texts = fc.option(fc.dictionary(key, fc.string(), { minKeys: 1 }), { nil: undefined });
const names = fc.option(fc.uniqueArray(fc.constantFrom('f1', 'f2', 'f3'), { minLength: 1 }), {
  nil: undefined,
});
const owners = fc.option(
  fc.uniqueArray(
    fc.record({
      apiVersion: fc.constantFrom('v1', 'crd.projectcalico.org/v1'),
      kind: fc.constant('K'),
      name: fc.constant('n'),
      uid: fc.uuid(),
    }),
    { minLength: 1, maxLength: 3, selector: ({ uid }) => uid },
  ),
  { nil: undefined },
);
const fields = fc.record({ labels: texts, annotations: texts, finalizers: names, ownerReferences: owners });

function clean(metadata: object): Metadata {
  return JSON.parse(JSON.stringify(metadata)) as Metadata;
}

test('what was read and is written is read again, and changes nothing the second time', () => {
  fc.assert(
    fc.property(fields, fc.option(fields, { nil: undefined }), (own, note) => {
      const bare = clean({ name: 'a', ...own });
      const before = note === undefined ? bare : noted(clean(note), bare);
      const seen = shown(before);
      const after = { name: 'a', ...stored(seen, 'IPPool', before) } as Metadata;
      const again = shown(after);
      expect(sorted(again)).toEqual(sorted(clean(withOwnersOfV3(seen))));
      const third = { name: 'a', ...stored(again, 'IPPool', after) } as Metadata;
      expect(parsed(third)).toEqual(parsed(after));
    }),
  );
});

function parsed(metadata: Metadata): object {
  const { [NOTE]: note, ...annotations } = metadata.annotations!;
  return { ...sorted(metadata), annotations, note: sorted(JSON.parse(note!)) };
}

/** Without a note owners are shown as they are stored; from the first write on as those of our API. */
function withOwnersOfV3(metadata: Metadata): Metadata {
  const list = metadata['ownerReferences'] as { apiVersion: string; uid: string }[] | undefined;
  return {
    ...metadata,
    ...(list && {
      ownerReferences: list.map((owner) =>
        owner.apiVersion === 'crd.projectcalico.org/v1'
          ? { ...owner, apiVersion: 'projectcalico.org/v3', uid: convertUid(owner.uid) }
          : owner,
      ),
    }),
  };
}

function sorted(metadata: Metadata): Metadata {
  const list = metadata['ownerReferences'] as { uid: string }[] | undefined;
  const finalizers = metadata['finalizers'] as string[] | undefined;
  return {
    ...metadata,
    ...(list && { ownerReferences: list.toSorted((a, b) => (a.uid < b.uid ? -1 : 1)) }),
    ...(finalizers && { finalizers: finalizers.toSorted() }),
  };
}
