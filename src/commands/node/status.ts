import { CalicoctlError } from '../../core/errors.ts';
import { defineCommand } from '../../kit/command.ts';
import { nodeStatus } from '../../node/status/status.ts';

const FORMATS = ['wide', 'json', 'yaml'] as const;

function formatOf(value: string | undefined): (typeof FORMATS)[number] | undefined {
  const format = FORMATS.find((name) => name === value);
  if (format !== undefined || value === undefined) return format;
  throw new CalicoctlError('usage', `unrecognized output format '${value}': use wide, json or yaml`);
}

async function waitOf(wait: string | undefined, established: boolean): Promise<number> {
  if (wait === undefined) return 0;
  if (!established)
    throw new CalicoctlError('usage', '--wait says how long to wait for --require-established: give both');
  const { milliseconds } = await import('../../kit/duration.ts');
  return milliseconds(wait, '--wait');
}

export default defineCommand({
  summary: 'Show whether Calico runs on this machine, and its BGP sessions.',
  description:
    'BIRD is asked over its control socket: `/var/run/calico/bird.ctl` and `bird6.ctl`, else the same in `/var/run/bird`. The text is about peers that Calico configured; `-o wide`, `-o json` and `-o yaml` show every session of every BIRD that is found, with addresses, AS numbers, the last error and counts of routes.\n\nRoot is not needed where the socket may be opened. The exit status is 1 where Felix does not run, a BIRD does not answer, or sessions are missing that `--require-established` asks for.',
  examples: [
    'node status',
    'node status -o wide',
    'node status --bird-socket /run/bird/bird.ctl -o json',
    'node status --require-established --wait 2m',
  ],
  args: {},
  options: {
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'wide, json or yaml.' },
    birdSocket: {
      type: 'list',
      value: 'PATH',
      doc: 'Control socket to ask, whatever processes run; may be repeated.',
    },
    requireEstablished: {
      type: 'flag',
      doc: 'Fail unless all BGP sessions are established that are not switched off, and one at least.',
    },
    wait: {
      type: 'text',
      value: 'DURATION',
      doc: 'How long to wait for --require-established, e.g. 2m; it looks once unless given.',
    },
  },
  async run(input, context) {
    const format = formatOf(input.output);
    const waitMs = await waitOf(input.wait, input.requireEstablished);
    return nodeStatus(await context.host(), {
      format,
      sockets: input.birdSocket,
      established: input.requireEstablished,
      waitMs,
      signal: context.io.signal,
    });
  },
});
