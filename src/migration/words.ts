import { CalicoctlError, type ErrorClass, formatError } from '../core/errors.ts';
import { formatRef, type Resource } from '../resources/kind.ts';
import type { StoreName } from './kinds.ts';

/** What an import says. */

export function applied(count: number, kind: string | undefined): string {
  return `Successfully applied ${count}${kind === undefined ? '' : ` '${kind}'`} resource(s)\n`;
}

/** As the reference prints it: one behind the other, without an end of line. */
export function missingNode({ metadata }: Resource): string {
  const node = formatRef({ kind: { kind: 'Node' }, name: metadata.name });
  return `[WARNING] Attempted to import node ${node} from etcd that references a nonexistent Kubernetes node. Skipping that node. Non-Kubernetes nodes are not supported in the Kubernetes datastore and will be skipped.`;
}

/** So many errors are told in full. */
const TOLD = 20;

/** One error for those of many resources. */
export function joined(what: string, errors: readonly CalicoctlError[]): CalicoctlError {
  const texts = [...new Set(errors.map(formatError))];
  const told = texts.slice(0, TOLD).map((text) => `  ${text.replaceAll('\n', '\n  ')}`);
  const more = texts.length > TOLD ? [`  and ${texts.length - TOLD} more`] : [];
  const errorClass: ErrorClass = errors[0]?.errorClass ?? 'input';
  return new CalicoctlError(errorClass, [`${what}:`, ...told, ...more].join('\n'), { cause: errors[0] });
}

const CLEAN_UP: Readonly<Record<StoreName, string>> = {
  kubernetes: 'delete all Calico CRDs',
  etcdv3: 'delete the keys below /calico with etcdctl',
  file: 'empty the folder',
};

/** The error with what can be done about a half of an import. */
export function wayOn(error: unknown, store: StoreName): unknown {
  if (!(error instanceof CalicoctlError)) return error;
  const { errorClass, message, details } = error;
  const ofFile = errorClass === 'input' || errorClass === 'validation';
  const on = `The datastore stays locked. To go on, ${ofFile ? 'correct the file and ' : ''}run the import again${ofFile ? '' : ' with the same file'}: what is written is known again. To begin anew, ${CLEAN_UP[store]}.`;
  return new CalicoctlError(errorClass, message, {
    ...details,
    hint: details.hint === undefined ? on : `${details.hint}\n  ${on}`,
  });
}

/** `Verified: 12 objects of 3 kinds are in the datastore as they are in the file (IPPool 1, …).` */
export function verifiedText(counts: readonly (readonly [kind: string, count: number])[]): string {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const each = counts.map(([kind, count]) => `${kind} ${count}`).join(', ');
  return `Verified: ${total} object(s) of ${counts.length} kind(s) are in the datastore as in the file (${each}).`;
}
