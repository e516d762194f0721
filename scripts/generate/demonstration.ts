import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { main } from '../../src/cli/main.ts';
import { stemOf } from '../../src/datastore/file/names.ts';
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
  /** What the command printed, on both streams; paths are from its folder. */
  readonly text: string;
}

export interface Stage {
  /** Stores what the rule has stored, then runs the command of one side. */
  run(rule: RuleEntry, side: Side): Promise<Outcome>;
  remove(): Promise<void>;
}

/** A folder to run examples in, one at a time. */
export async function stage(): Promise<Stage> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'calicoctl-rules-'));
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

/** Lays objects into the folder as they are: those that no command would write have to be there too. */
async function store(text: string, cwd: string): Promise<void> {
  for (const part of text.split(/^---\n/m)) {
    const { kind, metadata } = parseYaml(part) as {
      kind: string;
      metadata: { name: string; namespace?: string };
    };
    const path = join(cwd, DATASTORE, `${stemOf({ kind: await kindOf(kind), ...metadata })}.yaml`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, part);
  }
}

async function calicoctl(command: string, cwd: string): Promise<Outcome> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const status = await main(command.split(' '), {
    out: write,
    err: write,
    stdin: async function* () {},
    env: { HOME: cwd, DATASTORE_TYPE: 'file', CALICO_FILE_DIR: join(cwd, DATASTORE), NO_COLOR: '1' },
    cwd,
    terminal: { out: false, err: false, in: false },
    signal: new AbortController().signal,
  });
  return { status, text: text.replaceAll(`${cwd}/`, '') };
}
