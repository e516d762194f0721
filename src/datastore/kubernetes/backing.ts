import type { Datastore } from '../datastore.ts';

/** Where the resources of one kind live: a datastore of that kind alone. */
export type Backing = Pick<Datastore, 'get' | 'list' | 'create' | 'update' | 'delete' | 'watch'>;

/** Calico's custom resources come in two API groups; a cluster uses one of them. */
export type CalicoGroup = 'crd.projectcalico.org/v1' | 'projectcalico.org/v3';
