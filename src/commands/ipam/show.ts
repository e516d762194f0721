import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { thresholdsOf } from '../../ipam/usage/thresholds.ts';
import { addressView, borrowedView, settingsView, usageView } from '../../ipam/usage/views.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption, oneOf } from '../../kit/options.ts';
import { openProgress } from '../../kit/progress.ts';
import { openReading } from '../../kit/reading.ts';
import { type Address, parseAddress } from '../../resources/net/address.ts';

const FORMATS = ['json', 'yaml', 'prometheus', 'html'] as const;
type Format = (typeof FORMATS)[number];

/** An empty `--ip` is as good as none. */
function addressOf(text: string | undefined): Address | undefined {
  const address = parseAddress(text ?? '');
  if (address !== undefined || !text) return address;
  throw new CalicoctlError('usage', `invalid IP address specified: ${text}`);
}

interface Views {
  readonly ip: string | undefined;
  readonly showBlocks: boolean;
  readonly showBorrowed: boolean;
  readonly showConfiguration: boolean;
}

/** Only the first that is asked for is shown, as in the reference. */
function viewOf(input: Views): 'address' | 'blocks' | 'borrowed' | 'configuration' | 'pools' {
  if (input.ip) return 'address';
  if (input.showBlocks) return 'blocks';
  if (input.showBorrowed) return 'borrowed';
  return input.showConfiguration ? 'configuration' : 'pools';
}

/** Thresholds and some formats are about pools and nothing else. */
function dataFormatOf(
  view: ReturnType<typeof viewOf>,
  format: Format | undefined,
  limits: { readonly warn: string | undefined; readonly crit: string | undefined },
): 'json' | 'yaml' | undefined {
  const refused =
    limits.warn !== undefined || limits.crit !== undefined ? '--warn and --crit are' : undefined;
  if (refused !== undefined) throw new CalicoctlError('usage', `${refused} about pools, not about ${view}`);
  if (format !== 'prometheus' && format !== 'html') return format;
  throw new CalicoctlError('usage', `-o ${format} is about pools, not about ${view}`);
}

export default defineCommand({
  summary: 'Show how many addresses of each pool are in use, or who has an address.',
  description: [
    'Of --ip, --show-blocks, --show-borrowed and --show-configuration the first in this order is honoured. `ipam whois` tells more about an address, a pod or an interface.',
    'With --warn and --crit, enabled pools whose use has reached so many per cent of their usable addresses (those that no IPReservation covers) are named on standard error; the exit status is then 1 for --warn and 2 for --crit.',
    '-o json and -o yaml give everything at once in exact numbers: pools with their blocks and nodes, blocks of no pool, borrowed addresses and the configuration. -o prometheus gives metrics as the textfile collector takes them, -o html a page with a map of every address.',
  ].join('\n\n'),
  examples: [
    'ipam show',
    'ipam show --show-blocks',
    'ipam show --ip=10.244.0.12',
    'ipam show --show-borrowed',
    'ipam show --warn 80 --crit 95',
    'ipam show -o json',
    'ipam show -o html > addresses.html',
  ],
  args: {},
  options: {
    ip: { type: 'text', value: 'IP', doc: 'Show who has this address.' },
    showBlocks: { type: 'flag', doc: 'Show the blocks of each pool too.' },
    showBorrowed: { type: 'flag', doc: 'Show addresses that nodes use out of blocks of others.' },
    showConfiguration: { type: 'flag', doc: 'Show how addresses are handed out.' },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json, yaml, prometheus or html.' },
    warn: {
      type: 'text',
      value: 'PERCENT',
      doc: 'Exit with status 1 where a pool is in use so far, e.g. 80.',
    },
    crit: {
      type: 'text',
      value: 'PERCENT',
      doc: 'Exit with status 2 where a pool is in use so far, e.g. 95.',
    },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const address = addressOf(input.ip);
    const format = oneOf(FORMATS, 'output format', input.output);
    const thresholds = thresholdsOf(input.warn, input.crit);
    const view = viewOf(input);
    const isOfPools = view === 'pools' || view === 'blocks';
    const data = isOfPools ? undefined : dataFormatOf(view, format, input);
    if (format === 'html' && (thresholds.warn ?? thresholds.crit) !== undefined)
      throw new CalicoctlError('usage', '--warn and --crit are not for -o html, which shows every address');
    if (format === 'html') return mapView(input.config, context);
    const { store, warn, end } = await openReading(context, input.config, 'ipam show');
    const read = () => {
      if (address !== undefined) return addressView(store, address, data, warn);
      if (view === 'borrowed') return borrowedView(store, data, warn);
      if (view === 'configuration') return settingsView(store, data);
      return usageView(store, { withBlocks: view === 'blocks', format, thresholds }, warn);
    };
    return read().finally(end);
  },
});

/** A page of megabytes is of no use on a terminal, but whoever wants to see it may. */
async function mapView(config: string | undefined, context: Context): Promise<Result> {
  const store = await context.datastore({ config, access: 'read' });
  if (context.io.terminal.out)
    context.warn('-o html prints a page for a browser: calicoctl ipam show -o html > addresses.html');
  const { ipamMap } = await import('../../ipam/map/index.ts');
  const progress = openProgress(context.io, 'ipam show', undefined);
  const clear = (text: string) => {
    progress.end();
    context.warn(text);
  };
  return {
    type: 'stream',
    chunks: ipamMap(store, { warn: clear, progress: progress.at, ready: progress.end }),
  };
}
