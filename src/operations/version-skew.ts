import { CalicoctlError } from '../core/errors.ts';
import { CALICO_VERSION } from '../core/version.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Resource } from '../resources/kind.ts';
import { kindOf } from '../resources/registry.ts';
import { unlessNotFound } from './initialise.ts';
import { isResourceRefusal } from './refusals.ts';

export type Access = 'read' | 'write';

/** What to do about a cluster of another version. */
export type Verdict =
  | { readonly go: true; readonly warning?: string }
  | { readonly go: false; readonly reason: string };

interface Release {
  readonly major: number;
  readonly minor: number;
}

function normalise(version: string): string {
  return version.replace(/^v/, '').split('-')[0]!;
}

function releaseOf(version: string): Release | undefined {
  const match = /^v?(\d+)\.(\d+)(?:[.+-]|$)/.exec(version);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/**
 * Equal releases go on silently. A read always goes on, with a warning. A write goes on with a warning within one minor
 * version, and is refused beyond it, on another major version or an unreadable one. `strict` is the reference's rule:
 * any difference stops everything.
 */
export function judgeSkew(cluster: string, access: Access, strict: boolean): Verdict {
  if (cluster === '' || normalise(cluster) === normalise(CALICO_VERSION)) return { go: true };
  const text = `version mismatch: this client is for Calico ${CALICO_VERSION}, the cluster runs ${cluster}`;
  const [ours, theirs] = [releaseOf(CALICO_VERSION)!, releaseOf(cluster)];
  const near =
    theirs !== undefined && ours.major === theirs.major && Math.abs(ours.minor - theirs.minor) <= 1;
  if (strict || (access === 'write' && !near)) return { go: false, reason: text };
  return {
    go: true,
    warning: `${text}${access === 'write' ? '; writing all the same, since the two are within one minor version' : ''}`,
  };
}

interface SkewOptions {
  readonly strict: boolean;
  readonly warn: (text: string) => void;
}

/** Looks up the cluster's version and warns, or throws where the verdict is to stop. */
export async function checkVersionSkew(
  store: Datastore,
  access: Access,
  options: SkewOptions,
): Promise<void> {
  const kind = await kindOf('ClusterInformation');
  let information: Resource | undefined;
  try {
    information = await unlessNotFound(store.get({ kind, name: 'default' }));
  } catch (error) {
    if (!(error instanceof CalicoctlError) || !isResourceRefusal(error)) throw error;
    return judgeUnknown(error, access, options);
  }
  const verdict = judgeSkew(String(information?.spec['calicoVersion'] ?? ''), access, options.strict);
  if (!verdict.go) {
    throw new CalicoctlError('version', verdict.reason, {
      hint: 'Use the calicoctl of the cluster’s version, or add --allow-version-mismatch to go on all the same.',
    });
  }
  if (verdict.warning !== undefined)
    options.warn(`Warning: ${verdict.warning}. Silence this with --allow-version-mismatch.`);
}

/** Of a version that the user may not see: as of one that cannot be read. */
function judgeUnknown(error: CalicoctlError, access: Access, { strict, warn }: SkewOptions): void {
  const { hint, ...details } = error.details;
  if (strict || access === 'write') {
    const override = 'Or add --allow-version-mismatch to go on without this check.';
    throw new CalicoctlError(
      error.errorClass,
      `unable to get Cluster Information to verify version mismatch: ${error.message}`,
      { ...details, hint: hint === undefined ? override : `${hint}\n  ${override}` },
    );
  }
  warn(
    `Warning: the cluster’s version cannot be compared with this client’s: ${error.message}. Silence this with --allow-version-mismatch.`,
  );
}
