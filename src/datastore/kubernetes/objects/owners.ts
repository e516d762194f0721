import { isObject } from '../../../core/json.ts';
import type { Metadata } from '../../../resources/kind.ts';
import { convertUid } from './uid.ts';

/** Owners of Calico's v3 API are stored as owners of the custom resources, which have other uids. */

export type Owner = Readonly<Record<string, unknown>>;

const V3 = 'projectcalico.org/v3';
const V1 = 'crd.projectcalico.org/v1';

function listOf(value: unknown): readonly Owner[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function shown(owner: Owner): Owner {
  const { apiVersion, uid } = owner;
  if (apiVersion !== V1 && apiVersion !== V3) return owner;
  return { ...owner, apiVersion: V3, uid: convertUid(String(uid)) };
}

/** The owners that a note names, as users see them. */
export function ownersInNote(owners: unknown): readonly Owner[] {
  return listOf(owners).map(shown);
}

/** Owners that a custom resource has itself, and its note does not name. */
export function otherOwners(stored: Metadata, note: Readonly<Record<string, unknown>>): readonly Owner[] {
  const noted = new Set(ownersInNote(note['ownerReferences']).map(({ uid }) => uid));
  return listOf(stored['ownerReferences'])
    .map(shown)
    .filter(({ uid }) => !noted.has(uid));
}

/** Owners for a note. */
export function ownersToNote(owners: readonly Owner[]): readonly Owner[] {
  return owners.map((owner) =>
    owner['apiVersion'] === V3 ? { ...owner, apiVersion: V1, uid: convertUid(String(owner['uid'])) } : owner,
  );
}

/**
 * Which of the custom resource's own owners stay, now that users want these, and which owners go into the note. Where
 * there is no note so far, owners were shown as they are.
 */
export function ownersOf(wanted: readonly Owner[], current: Metadata | undefined, hasNote: boolean) {
  const see = hasNote ? shown : (owner: Owner) => owner;
  const uids = new Set(wanted.map(({ uid }) => uid));
  const native = listOf(current?.['ownerReferences']).filter((owner) => uids.has(see(owner)['uid']));
  const kept = new Set(native.map((owner) => see(owner)['uid']));
  return { native, noted: wanted.filter(({ uid }) => !kept.has(uid)) };
}
