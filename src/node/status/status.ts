import type { AskOptions } from '../../bird/socket.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host/host.ts';
import type { NodeStatus } from './survey.ts';
import { statusText, statusTextOf } from './text.ts';

export interface StatusRequest {
  /** Undefined for the reference's text. */
  readonly format: 'wide' | 'json' | 'yaml' | undefined;
  /** Control sockets to ask; none: those of this machine. */
  readonly sockets: readonly string[];
  /** Whether all sessions have to be established. */
  readonly established: boolean;
  /** How long that may take. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Status of this node as a result; its exit status is 1 where something is wrong. */
export async function nodeStatus(host: Host, request: StatusRequest): Promise<Result> {
  const { format, sockets, established, signal } = request;
  if (host.platform !== 'linux')
    throw new CalicoctlError('not-supported', "'calicoctl node' commands are not available on this OS", {
      hint: 'From here, `calicoctl node status --all` shows the nodes of the cluster.',
    });
  const options: AskOptions = { signal };
  if (format === undefined && !established) return textOf(host, sockets, options);
  const { faultsOf, survey } = await import('./survey.ts');
  const look = () => survey(host, sockets, options);
  if (!established) {
    const status = await look();
    return { type: 'sequence', results: [await shown(format!, status), errors(faultsOf(status))] };
  }
  const { notEstablished, untilEstablished } = await import('./settled.ts');
  const status = await untilEstablished(look, request);
  const lacking = [notEstablished(status)].filter((error) => error !== undefined);
  const results =
    format === undefined
      ? [await textOf(host, sockets, options), errors(lacking)]
      : [await shown(format, status), errors([...faultsOf(status), ...lacking])];
  return { type: 'sequence', results };
}

function textOf(host: Host, sockets: readonly string[], options: AskOptions): Promise<Result> {
  return sockets.length > 0 ? statusTextOf(sockets, options) : statusText(host, options);
}

async function shown(format: 'wide' | 'json' | 'yaml', status: NodeStatus): Promise<Result> {
  if (format !== 'wide') return { type: 'data', format, value: status };
  const { wideGrid } = await import('./wide.ts');
  return wideGrid(status);
}

function errors(faults: readonly CalicoctlError[]): Result {
  return { type: 'text', text: '', errors: faults };
}
