import { readFileSync } from 'node:fs';
import { formatPath, type Problem } from '../../../src/core/errors.ts';
import { stringifyJson } from '../../../src/core/json.ts';
import { checkedForm } from '../../../src/operations/write.ts';
import { decodeDocument } from '../../../src/resources/document.ts';
import { API_VERSION, type Kind } from '../../../src/resources/kind.ts';
import { readManifestsTolerantly } from '../../../src/resources/manifest.ts';
import { Examination } from '../../../src/validation/examination.ts';
import type { Cluster } from '../../testbed/testbed.ts';

/** What somebody says against a manifest; nothing where it is accepted. */
export interface Objection {
  /** As in `spec.ingress[0].action`; empty for the manifest as a whole. */
  readonly path: string;
  readonly value?: unknown;
  readonly message: string;
  /** Ours only: the id of the rule. */
  readonly rule?: string;
}

export type Verdict = readonly Objection[];

/** What `validate` says. */
export async function ourVerdict(manifest: unknown): Promise<Verdict> {
  const examination = new Examination({ namespaces: {}, across: [], lint: [] });
  const file = 'manifest.yaml';
  const located = { file, value: manifest, place: () => ({ file }) };
  for (const read of await readManifestsTolerantly(located, (error) => examination.refuse(error)))
    examination.take(read);
  return examination.finish().findings.map(objection);
}

/** What calicoctl would send for a manifest, without its own defaults; undefined where it cannot be read as one. */
export function asWritten(kind: Kind, manifest: unknown): unknown {
  const { resource, problems } = decodeDocument(kind, manifest);
  return problems.length > 0 ? undefined : checkedForm(kind, resource);
}

function objection({ path, value, message, rule }: Problem): Objection {
  return { path: formatPath(path), message, ...(value !== undefined && { value }), ...(rule && { rule }) };
}

interface Status {
  readonly message: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message: string }[] };
}

/** What an API server says of a dry run of its creation. */
export async function serverVerdict(cluster: Cluster, kind: Kind, manifest: unknown): Promise<Verdict> {
  const place = kind.scope === 'namespaced' ? 'namespaces/default/' : '';
  const path = `/apis/${API_VERSION}/${place}${kind.plural}?dryRun=All&fieldValidation=Strict`;
  const answer = await fetch(`${cluster.url}${path}`, {
    method: 'POST',
    tls: { ca: certificate(cluster) },
    headers: { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' },
    body: stringifyJson(manifest),
  });
  const body = (await answer.json()) as Status;
  // It exists, which is asked last of all.
  if (answer.status === 201 || answer.status === 409) return [];
  if (![400, 404, 422].includes(answer.status)) throw new Error(`${answer.status}: ${body.message}`);
  // That it did not come to all rules is no objection of its own.
  const causes = (body.details?.causes ?? []).filter(({ message }) => !message.includes('were not checked'));
  return causes.length === 0
    ? [{ path: '', message: body.message }]
    : causes.map(({ field = '', message }) => ({ path: field === '<nil>' ? '' : field, message }));
}

const certificates = new Map<string, string>();

function certificate({ ca }: Cluster): string {
  let text = certificates.get(ca);
  if (text === undefined) {
    text = readFileSync(ca, 'utf8');
    certificates.set(ca, text);
  }
  return text;
}
