import type { Metadata, Resource } from '../kind.ts';
import { metadataSchema } from '../metadata.ts';

const FIELDS = Object.keys((metadataSchema as unknown as { properties: object }).properties);

/** The resource with these labels set beside its own; labels stay sorted and metadata in its written order. */
export function withLabels<Spec>(
  resource: Resource<Spec>,
  labels: Readonly<Record<string, string>>,
): Resource<Spec> {
  const merged = Object.entries({ ...resource.metadata.labels, ...labels });
  merged.sort(([a], [b]) => (a < b ? -1 : 1));
  const metadata = { ...resource.metadata, labels: Object.fromEntries(merged) };
  return { ...resource, metadata: resource.metadata.labels === undefined ? inOrder(metadata) : metadata };
}

function inOrder(metadata: Metadata): Metadata {
  const known = FIELDS.filter((field) => metadata[field] !== undefined);
  const ordered = Object.fromEntries(known.map((field) => [field, metadata[field]]));
  return { ...ordered, ...metadata };
}
