import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { configureIpam, type SettingsChange } from '../../operations/ipam/configure.ts';

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function affinityOf(word: string): boolean {
  if (TRUE.includes(word) || FALSE.includes(word)) return TRUE.includes(word);
  throw refusal('invalid value. Use true or false to set strictaffinity', word);
}

/** Both numbers are of 32 bits to other programs. */
const GREATEST = 2147483647;

function blocksOf(word: string): number {
  const number = Number(word);
  if (/^\+?\d+$/.test(word) && number <= GREATEST) return number;
  throw refusal('invalid value for maxblockhost. Use a valid number', word);
}

function persistenceOf(word: string): 'Enabled' | 'Disabled' {
  if (word === 'Enabled' || word === 'Disabled') return word;
  throw refusal('invalid value for --kubevirt-ip-persistence. Use Enabled or Disabled', word);
}

/** A negative number is as good as none. */
function secondsOf(word: string): number | undefined {
  const number = Number(word);
  if (!/^[+-]?\d+$/.test(word) || number > GREATEST)
    throw refusal('invalid value for --ip-cooldown-seconds. Use a number of seconds', word);
  return number < 0 ? undefined : number;
}

function refusal(what: string, word: string): CalicoctlError {
  return new CalicoctlError('usage', `${what}: '${word}'`);
}

interface Words {
  readonly strictaffinity: string | undefined;
  readonly maxBlocksPerHost: string | undefined;
  readonly kubevirtIpPersistence: string | undefined;
  readonly ipCooldownSeconds: string | undefined;
}

/** An empty word is as good as none. */
function changeOf(words: Words): SettingsChange {
  const { strictaffinity, maxBlocksPerHost, kubevirtIpPersistence, ipCooldownSeconds } = words;
  const seconds = ipCooldownSeconds ? secondsOf(ipCooldownSeconds) : undefined;
  return {
    ...(strictaffinity && { strictAffinity: affinityOf(strictaffinity) }),
    ...(maxBlocksPerHost && { maxBlocksPerHost: blocksOf(maxBlocksPerHost) }),
    ...(kubevirtIpPersistence && { kubeVirtVMAddressPersistence: persistenceOf(kubevirtIpPersistence) }),
    ...(seconds !== undefined && { ipCooldownSeconds: seconds }),
  };
}

const NAMES = {
  strictAffinity: 'StrictAffinity',
  maxBlocksPerHost: 'MaxBlocksPerHost',
  kubeVirtVMAddressPersistence: 'KubeVirtVMAddressPersistence',
  ipCooldownSeconds: 'IPCooldownSeconds',
} as const satisfies Record<keyof SettingsChange, string>;

export default defineCommand({
  summary: 'Change settings of address management.',
  description:
    'What is not named stays as it is. `ipam show --show-configuration` shows the settings. On etcd and in folders they are another entry than the IPAMConfiguration that `apply` writes, which address management does not read.',
  examples: [
    'ipam configure --strictaffinity=true',
    'ipam configure --strictaffinity=true --max-blocks-per-host=4',
    'ipam configure --ip-cooldown-seconds=30',
  ],
  args: {},
  options: {
    strictaffinity: {
      type: 'text',
      value: 'BOOLEAN',
      doc: 'Whether nodes never take addresses from blocks of others.',
    },
    maxBlocksPerHost: {
      type: 'text',
      value: 'NUMBER',
      doc: 'Most blocks of each IP version that a node may have; 0 for the usual limit of 20.',
    },
    kubevirtIpPersistence: {
      type: 'text',
      value: 'WORD',
      doc: 'Enabled or Disabled: whether a KubeVirt machine keeps its address.',
    },
    ipCooldownSeconds: {
      type: 'text',
      value: 'SECONDS',
      doc: 'For how long a released address rests before it is given out again.',
    },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const change = changeOf({
      strictaffinity: input.strictaffinity,
      maxBlocksPerHost: input.maxBlocksPerHost,
      kubevirtIpPersistence: input.kubevirtIpPersistence,
      ipCooldownSeconds: input.ipCooldownSeconds,
    });
    const names = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((name) => name in change);
    if (names.length === 0)
      throw new CalicoctlError('usage', 'at least one configuration option must be specified', {
        hint: '--strictaffinity, --max-blocks-per-host, --kubevirt-ip-persistence or --ip-cooldown-seconds.',
      });
    await configureIpam(await context.datastore({ config: input.config, access: 'write' }), change);
    const lines = names.map((name) => `Successfully set ${NAMES[name]} to: ${change[name]}\n`);
    return { type: 'text', text: lines.join('') };
  },
});
