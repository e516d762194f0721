import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import { readDocuments } from '../../src/input/documents.ts';
import { decodeStored } from '../../src/resources/document.ts';
import { refOf } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';
import type { RuleEntry } from '../../src/validation/rulebook/index.ts';

/** Runs the examples of rules as a user would: through command lines, on an empty folder datastore. */

export type Side = 'wrong' | 'right';

/** What is written behind `calicoctl` to look at an example, which is in `manifest.yaml`. */
export function commandOf({ scope, command }: RuleEntry, side: Side): string {
  if (command !== undefined) return command[side];
  if (scope === 'write') return 'create -f manifest.yaml';
  return scope === 'update' || scope === 'stored' ? 'apply -f manifest.yaml' : 'validate -f manifest.yaml';
}

export interface Outcome {
  readonly status: number;
  /** What the command printed, on both streams. */
  readonly text: string;
}

export interface Stage {
  /** Stores what the rule has stored, then runs the command of one side. */
  run(rule: RuleEntry, side: Side): Promise<Outcome>;
  remove(): Promise<void>;
}

/** A folder to run examples in, one at a time. */
export async function stage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'calicoctl-rules-'));
  let runs = 0;
  return {
    async run(rule, side) {
      const cwd = join(folder, String(++runs));
      await mkdir(cwd);
      await writeFile(join(cwd, 'manifest.yaml'), rule[side]);
      if (rule.stored !== undefined) await store(rule.stored, cwd);
      return calicoctl(commandOf(rule, side), cwd);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const DATASTORE = 'calico';

async function store(text: string, cwd: string): Promise<void> {
  const file = join(cwd, 'stored.yaml');
  await writeFile(file, text);
  const open = await openFileDatastore({ directory: join(cwd, DATASTORE) });
  try {
    for await (const { value } of readDocuments({
      files: [file],
      recursive: false,
      skipEmpty: false,
      io: ioIn(cwd, () => {}),
    })) {
      const kind = await kindOf((value as { kind: string }).kind);
      const { resource, problems } = decodeStored(kind, value);
      if (problems[0] !== undefined) throw new Error(`what is stored cannot be: ${problems[0].message}`);
      await open.create(refOf(kind, resource), resource);
    }
  } finally {
    await open.close();
  }
}

async function calicoctl(command: string, cwd: string): Promise<Outcome> {
  let text = '';
  const status = await main(
    command.split(' '),
    ioIn(cwd, (part) => {
      text += part;
    }),
  );
  return { status, text };
}

function ioIn(cwd: string, write: (text: string) => void) {
  return {
    out: write,
    err: write,
    stdin: async function* () {},
    env: { HOME: cwd, DATASTORE_TYPE: 'file', CALICO_FILE_DIR: join(cwd, DATASTORE), NO_COLOR: '1' },
    cwd,
    terminal: { out: false, err: false, in: false },
    signal: new AbortController().signal,
  };
}
