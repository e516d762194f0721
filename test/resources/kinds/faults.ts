import { formatPath } from '../../../src/core/errors.ts';
import { check } from '../../../src/resources/check.ts';
import { decodeDocument, withSchemaDefaults } from '../../../src/resources/document.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';

export interface Manifest {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Every fault of a manifest, as `path: message`; its name is `x` unless it has another. */
export async function faultsOf(
  kindName: string,
  { metadata, spec = {} }: Manifest,
  purpose: 'write' | 'validate' = 'write',
): Promise<string[]> {
  const kind = await kindOf(kindName);
  const document = { apiVersion: API_VERSION, kind: kindName, metadata: { name: 'x', ...metadata }, spec };
  const { resource, problems } = decodeDocument(kind, document);
  const whole = { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
  const all = problems.length > 0 ? problems : check(kind, whole, purpose);
  return all.map(({ path, message }) => `${formatPath(path)}: ${message}`);
}
