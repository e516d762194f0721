import type { Collection } from './api.ts';

export type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What was asked of the API server, for errors. */
export interface Action {
  readonly verb: KubeVerb;
  readonly collection?: Collection;
  readonly namespace?: string;
  /** What errors call the object; absent for a whole collection. */
  readonly label?: string;
}

/** `ippools.crd.projectcalico.org`, as kubectl and the server name a collection. */
export function resourceName({ plural, group }: Collection): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** True for what changes nothing. */
export function isRead({ verb }: Action): boolean {
  return verb === 'get' || verb === 'list' || verb === 'watch';
}
