import { isObject } from '../core/json.ts';
import { allKinds } from '../resources/registry.ts';

/**
 * What is none of Calico's among manifests of all kinds (`--skip-foreign`): objects of other APIs, and files that only
 * look like manifests, such as values of charts. A kind of Calico's without its apiVersion is a mistake, not foreign.
 */
export function isForeign(value: unknown): boolean {
  // Looked into: their items may be Calico's.
  if (Array.isArray(value)) return false;
  if (!isObject(value)) return true;
  const { kind, apiVersion } = value;
  if (typeof kind !== 'string' || kind === '') return true;
  if (kind === 'List' && apiVersion === 'v1') return false;
  if (typeof apiVersion === 'string' && apiVersion !== '') return !isOfCalico(apiVersion);
  return !allKinds().some((known) => kind === known.kind || kind === `${known.kind}List`);
}

function isOfCalico(apiVersion: string): boolean {
  return /^(crd\.)?projectcalico\.org(\/|$)/.test(apiVersion);
}

/** Whether a document that cannot be parsed, a template say, would be none of Calico's: it does not name its API. */
export function isForeignText(text: string): boolean {
  return !text.includes('projectcalico.org');
}

/** How many documents were passed over, for people. */
export function passedOver(count: number): string {
  return `Passed over ${count} document${count === 1 ? ' that is' : 's that are'} none of Calico's.`;
}
