import type { Resource } from '../../resources/kind.ts';

/**
 * One line a resource for `-o name`: `ippool/main`, and `networkset/dev/lab` where namespaces are shown. The kind is
 * in lower case, as the command line takes it, so that `kind/name` can be cut apart again at the first slash.
 */
export function nameLines(resources: Iterable<Resource<unknown>>, withNamespace = false): string {
  let text = '';
  for (const { kind, metadata } of resources) {
    const namespace = withNamespace && metadata.namespace ? `${metadata.namespace}/` : '';
    text += `${kind.toLowerCase()}/${namespace}${metadata.name}\n`;
  }
  return text;
}
