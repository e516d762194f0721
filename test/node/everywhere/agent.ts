import type { JsonObject } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import type { OpenStore } from '../../operations/stores.ts';

/** The part of calico/node that fills CalicoNodeStatus, over a real datastore. */
export interface Agent {
  /** Names of the objects that were answered. */
  readonly answered: readonly string[];
  stop(): Promise<void>;
}

/** What a node says when it is asked; undefined: it never answers. */
export type Answer = (status: Resource) => JsonObject | undefined | Promise<JsonObject | undefined>;

/** Answers every CalicoNodeStatus that is made from now on. */
export async function startAgent(open: OpenStore, answer: Answer): Promise<Agent> {
  const { store } = open;
  const kind = await kindOf('CalicoNodeStatus');
  let version = '';
  for await (const page of store.list({ kind })) version = page.version;
  const changes = store.watch({ kind }, version)[Symbol.asyncIterator]();
  const answered: string[] = [];
  const work = (async () => {
    for (;;) {
      const { done, value } = await changes.next();
      if (done) return;
      if (value.type !== 'added') continue;
      const said = await answer(value.resource);
      if (said === undefined) continue;
      answered.push(value.resource.metadata.name);
      await fill(open, value.resource, said);
    }
  })();
  work.catch(() => undefined);
  return {
    answered,
    async stop() {
      await changes.return?.();
    },
  };
}

/** On Kubernetes a status is written to a place of its own. Somebody may have deleted the object meanwhile. */
export async function fill({ store, ask }: OpenStore, resource: Resource, said: JsonObject): Promise<void> {
  const status = { lastUpdated: now(), ...said };
  if (ask === undefined) {
    await update(store, { ...resource, status });
    return;
  }
  const path = `/apis/crd.projectcalico.org/v1/caliconodestatuses/${resource.metadata.name}`;
  const found = await ask(path);
  if (found.status === 404) return;
  const object = (await found.json()) as JsonObject;
  const put = await ask(`${path}/status`, { method: 'PUT', body: JSON.stringify({ ...object, status }) });
  if (!put.ok) throw new Error(`the status was refused: ${await put.text()}`);
}

async function update(store: Datastore, resource: Resource): Promise<void> {
  const kind = await kindOf('CalicoNodeStatus');
  await store.update({ kind, name: resource.metadata.name }, resource).catch(() => undefined);
}

export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** `peers` as [address, type, state]. */
export function said(
  peers: readonly (readonly [ip: string, type: string, state: string])[],
  agent: { readonly v4?: string; readonly v6?: string } = {},
): JsonObject {
  const of = (family: 4 | 6) =>
    peers
      .filter(([ip]) => ip.includes(':') === (family === 6))
      .map(([peerIP, type, state]) => ({ peerIP, type, state, since: '10:11:12' }));
  const count = (family: 4 | 6, up: boolean) =>
    of(family).filter(({ state }) => (state === 'Established') === up).length;
  return {
    agent: { birdV4: { state: agent.v4 ?? 'Ready' }, birdV6: { state: agent.v6 ?? 'Ready' } },
    bgp: {
      ...{ numberEstablishedV4: count(4, true), numberNotEstablishedV4: count(4, false) },
      ...{ numberEstablishedV6: count(6, true), numberNotEstablishedV6: count(6, false) },
      ...{ peersV4: of(4), peersV6: of(6) },
    },
    routes: {},
  };
}
