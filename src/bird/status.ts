import type { BirdReply } from './frames.ts';
import { parseProtocols, textsOf } from './protocols.ts';
import type { BgpSession } from './session.ts';
import { sessionsOf } from './sessions.ts';
import { type AskOptions, askBird } from './socket.ts';

/** What one BIRD tells of itself and its sessions. */
export interface BirdStatus {
  /** Undefined where it gave no greeting. */
  readonly version: string | undefined;
  readonly routerId?: string;
  /** When it was started, as it says it. */
  readonly started?: string;
  readonly sessions: readonly BgpSession[];
}

/** Asks BIRD for all that it tells of its sessions. Throws as `askBird` does. */
export async function birdStatus(path: string, options: AskOptions = {}): Promise<BirdStatus> {
  const { version, replies } = await askBird(path, ['show protocols all', 'show status'], options);
  const [protocols, status] = replies as readonly [BirdReply, BirdReply];
  const said = textsOf(status).join('\n');
  const routerId = /^Router ID is (\S+)/m.exec(said)?.[1];
  const started = /^Last reboot on (.*\S)/m.exec(said)?.[1];
  return {
    version,
    ...(routerId === undefined ? {} : { routerId }),
    ...(started === undefined ? {} : { started }),
    sessions: sessionsOf(parseProtocols(textsOf(protocols))),
  };
}
