import type { Resource } from '../resources/kind.ts';

/** The resource with what a new object gets: a random uid and the present second as its creation time. */
export function withIdentity(resource: Resource): Resource {
  const creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  return { ...resource, metadata: { ...resource.metadata, uid: crypto.randomUUID(), creationTimestamp } };
}
