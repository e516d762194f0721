import { CalicoctlError } from '../../core/errors.ts';
import { isObject, parseJson } from '../../core/json.ts';
import type { Part } from './file.ts';

/** What of a cluster's identity moves with it. */
export interface Identity {
  readonly guid: string;
  readonly version: string;
}

/** A ClusterInformation is short. */
const LONGEST = 1024 * 1024;

/** Reads the second part. Throws `input` where it is no ClusterInformation. */
export async function readInformation(part: Part): Promise<Identity> {
  const value = await parsed(part);
  const spec = isObject(value) && value['kind'] === 'ClusterInformation' ? value['spec'] : undefined;
  if (!isObject(spec)) throw fault(part, 'is no ClusterInformation');
  const { clusterGUID = '', calicoVersion = '' } = spec;
  if (typeof clusterGUID !== 'string' || typeof calicoVersion !== 'string')
    throw fault(part, 'has a clusterGUID or calicoVersion that is no text');
  return { guid: clusterGUID, version: calicoVersion };
}

async function parsed(part: Part): Promise<unknown> {
  if (part.size > LONGEST) throw fault(part, 'is too long for a ClusterInformation');
  const chunks: Uint8Array[] = [];
  for await (const chunk of part.bytes()) chunks.push(chunk);
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw fault(part, `is no JSON (${(error as Error).message})`);
  }
}

function fault({ file, line }: Part, what: string): CalicoctlError {
  return new CalicoctlError('input', `${file}:${line + 1}: the second part of the export ${what}`, {
    place: { file, line: line + 1 },
  });
}
