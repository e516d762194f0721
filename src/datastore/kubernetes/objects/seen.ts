import type { Metadata } from '../../../resources/kind.ts';
import type { KubeObject } from '../api/api.ts';
import { isCalicosAlone } from './metadata.ts';

/** More objects than are ever between their reading and their writing. */
const LIMIT = 10_000;

/** What objects had as metadata of their own when they were last read. */
export interface Seen {
  remember(object: KubeObject): void;
  /** Of a version of an object; `unknown` where it was not read here, undefined where only Calico wrote it. */
  metadataAt(object: Pick<Metadata, 'namespace' | 'name'>, version: string): Metadata | 'unknown' | undefined;
}

/**
 * Users see the metadata of custom resources in a form that does not tell where each part of it stands. An object is
 * read before it is written, so what was read is remembered, which saves reading it once more.
 */
export function createSeen(): Seen {
  const seen = new Map<string, { readonly version: string; readonly metadata: Metadata | undefined }>();
  const keyOf = ({ namespace = '', name }: Pick<Metadata, 'namespace' | 'name'>) => `${namespace}/${name}`;
  return {
    remember({ metadata }) {
      const { managedFields: _, ...own } = metadata;
      const key = keyOf(metadata);
      seen.delete(key);
      seen.set(key, {
        version: metadata.resourceVersion ?? '',
        metadata: isCalicosAlone(metadata) ? undefined : (own as Metadata),
      });
      if (seen.size > LIMIT) seen.delete(seen.keys().next().value!);
    },
    metadataAt(object, version) {
      const found = seen.get(keyOf(object));
      return found?.version === version ? found.metadata : 'unknown';
    },
  };
}
