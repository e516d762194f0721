import type { ChildProcess } from 'node:child_process';

/** What `launchEtcd` starts; all paths are file paths. */
export interface ServerDescription {
  readonly folder: string;
  readonly port: number;
  readonly peerPort: number;
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    /** Ask for client certificates of this authority. */
    readonly clientCa?: string;
  };
  readonly args?: readonly string[];
  /** Every write is on disk before it is answered, as in production: for servers that are killed. */
  readonly durable?: boolean;
  /** 3.5 or later, as API servers ask for. */
  readonly recent?: boolean;
}

export function freePort(): Promise<number>;
export function launchEtcd(server: ServerDescription, how?: { detached?: boolean }): Promise<ChildProcess>;
export function gateway(
  server: Pick<ServerDescription, 'port' | 'tls'>,
  path: string,
  body: object,
  token?: string,
): Promise<unknown>;
