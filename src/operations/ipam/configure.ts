import { CalicoctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { API_VERSION, formatRef, type Resource } from '../../resources/kind.ts';
import { unlessNotFound } from '../initialise.ts';
import { untilUndisturbed } from '../retry.ts';
import { ipamConfigRef } from './config.ts';

/** Settings of address management to change; those that are absent stay. */
export interface SettingsChange {
  readonly strictAffinity?: boolean;
  /** 0 for the usual limit. */
  readonly maxBlocksPerHost?: number;
  readonly kubeVirtVMAddressPersistence?: 'Enabled' | 'Disabled';
  readonly ipCooldownSeconds?: number;
}

/** What holds where nothing is stored. In what is stored an absent field is false, 0 or unset. */
const DEFAULTS: JsonObject = {
  strictAffinity: false,
  autoAllocateBlocks: true,
  maxBlocksPerHost: 0,
  kubeVirtVMAddressPersistence: 'Enabled',
  ipCooldownSeconds: 0,
};

/**
 * Changes settings and leaves the others as they are, also those that only a newer Calico knows. Nothing of what others
 * change at the same time is lost. Throws `validation` for settings that contradict each other.
 */
export async function configureIpam(store: Datastore, change: SettingsChange): Promise<void> {
  const ref = await ipamConfigRef(store);
  await untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    const spec = inOrder({ ...(stored?.spec ?? DEFAULTS), ...change });
    refuseContradiction(formatRef(ref), spec);
    if (stored === undefined) {
      const { kind, name } = ref;
      await store.create(ref, { apiVersion: API_VERSION, kind: kind.kind, metadata: { name }, spec });
    } else await store.update(ref, { ...withoutAge(stored), spec });
  });
}

/** As every other writer stores them; what only a newer Calico knows comes last. */
function inOrder(spec: JsonObject): JsonObject {
  const known = Object.keys(DEFAULTS).filter((field) => field in spec);
  return { ...Object.fromEntries(known.map((field) => [field, spec[field]])), ...spec };
}

/** On Kubernetes the custom resource has its time of creation; a copy in the note of Calico's metadata is not kept. */
function withoutAge(stored: Resource): Resource {
  const { creationTimestamp: _, ...metadata } = stored.metadata;
  return { ...stored, metadata: metadata as Resource['metadata'] };
}

function refuseContradiction(resource: string, spec: JsonObject): void {
  const { strictAffinity = false, autoAllocateBlocks = false, maxBlocksPerHost = 0 } = spec;
  if (strictAffinity) return;
  if (!autoAllocateBlocks)
    throw new CalicoctlError(
      'validation',
      "Cannot disable 'StrictAffinity' and 'AutoAllocateBlocks' at the same time",
      {
        resource,
        hint: 'AutoAllocateBlocks is off in what is stored: no node could get an address any more.',
      },
    );
  if (Number(maxBlocksPerHost) > 0)
    throw new CalicoctlError('validation', 'MaxBlocksPerHost requires StrictAffinity to be enabled', {
      resource,
      hint: `Add --strictaffinity=true, or --max-blocks-per-host=0 for no limit of its own (it is ${maxBlocksPerHost}).`,
    });
}
