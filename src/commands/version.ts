import { setTimeout as sleep } from 'node:timers/promises';
import { CalicoctlError, formatError, isError } from '../core/errors.ts';
import type { Result } from '../core/result.ts';
import { type Context, defineCommand } from '../kit/command.ts';
import { configOption, dataFormat } from '../kit/options.ts';
import { CLIENT_VERSION, type ClusterVersion, clusterVersion } from '../operations/cluster-version.ts';
import { parseDuration } from '../resources/net/duration.ts';

const NOT_DETECTED = 'Unable to detect installed Calico version\n';

function clientText(): string {
  return `Client Version:    ${CLIENT_VERSION.version}\nGit commit:        ${CLIENT_VERSION.gitCommit}\n`;
}

function clusterLines({ version, type }: ClusterVersion): readonly string[] {
  return [`Cluster Version:   ${version ?? 'unknown'}`, `Cluster Type:      ${type ?? 'unknown'}`];
}

function pollMilliseconds(text: string | undefined): number {
  if (text === undefined) return 0;
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined || nanoseconds < 0n)
    throw new CalicoctlError(
      'usage',
      `invalid poll duration specified: ${text}; use for example 5s or 1m30s`,
    );
  return Number(nanoseconds / 1_000_000n);
}

/** Shows the cluster's lines whenever they change, until interrupted. */
async function poll(context: Context, config: string | undefined, every: number): Promise<Result> {
  const shown: (string | undefined)[] = [];
  await context.io.out(clientText());
  while (!context.io.signal.aborted) {
    try {
      const store = await context.datastore({ config, access: 'read', unchecked: true });
      for (const [i, line] of clusterLines(await clusterVersion(store)).entries()) {
        if (shown[i] !== line) await context.io.out(`${line}\n`);
        shown[i] = line;
      }
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      context.io.err(`${formatError(error)}\n`);
      shown.length = 0;
    }
    await sleep(every, undefined, { signal: context.io.signal }).catch(() => undefined);
  }
  return { type: 'text', text: '' };
}

export default defineCommand({
  summary: 'Show the version of this client, and of the cluster.',
  examples: ['version', 'version --client', 'version -o json', 'version --poll 10s'],
  args: {},
  options: {
    client: { type: 'flag', doc: 'Show only the version of the client; no datastore is asked.' },
    poll: { type: 'text', value: 'DURATION', doc: 'Ask again and again, and show what changes.' },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const every = pollMilliseconds(input.poll);
    const format = dataFormat(input.output);
    if (input.client)
      return format === undefined
        ? { type: 'text', text: clientText() }
        : { type: 'data', format, value: { client: CLIENT_VERSION } };
    if (every > 0) return poll(context, input.config, every);
    try {
      const cluster = await clusterVersion(
        await context.datastore({ config: input.config, access: 'read', unchecked: true }),
      );
      if (format !== undefined) return { type: 'data', format, value: { client: CLIENT_VERSION, cluster } };
      return { type: 'text', text: `${clientText()}${clusterLines(cluster).join('\n')}\n` };
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      if (isError(error, 'not-supported') && format === undefined)
        return { type: 'text', text: `${clientText()}${NOT_DETECTED}` };
      if (format === undefined) return { type: 'text', text: clientText(), errors: [error] };
      throw error;
    }
  },
});
