import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stemOf } from '../../../src/datastore/file/names.ts';
import type { Ref } from '../../../src/resources/kind.ts';
import type { Access } from '../etcdv3/environment.ts';
import { brokenObject, type CalicoServer } from '../kubernetes/environment.ts';
import type { Environment } from './contract.ts';
import { createAtOnce, executableDatastore, type Run, runner } from './executable.ts';

/** An empty datastore with the executable pointed at it. */
export interface ExecutableEnvironment extends Environment {
  readonly run: Run;
  /** Puts a text where a resource is stored, behind the executable's back. */
  plant(ref: Ref, text: string): Promise<void>;
}

const BROKEN = 'kind: [\n';
const CONTENDERS = 10;

export async function openExecutableOnEtcd(server: Access): Promise<ExecutableEnvironment> {
  await server.clear();
  const run = runner(server.env);
  return {
    run,
    store: executableDatastore('etcdv3', run),
    reopen: async () => executableDatastore('etcdv3', run),
    plant: server.plant,
    plantBroken: (ref) => server.plant(ref, BROKEN),
    createAtOnce: (objects) => createAtOnce(run, objects),
    contenders: CONTENDERS,
    async cleanup() {},
  };
}

export async function openExecutableOnKubernetes(server: CalicoServer): Promise<Environment> {
  await server.clear();
  const run = runner(server.env);
  return {
    store: executableDatastore('kubernetes', run),
    reopen: async () => executableDatastore('kubernetes', run),
    plantBroken: (ref) => server.plant(ref, brokenObject(ref, server.group)),
    createAtOnce: (objects) => createAtOnce(run, objects),
    contenders: CONTENDERS,
    longList: 1100,
    cleanup: server.clear,
  };
}

export async function openExecutableOnFolder(): Promise<ExecutableEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-executable-'));
  const run = runner({ DATASTORE_TYPE: 'file', CALICO_FILE_DIR: folder });
  const plant = async (ref: Ref, text: string) => {
    const file = join(folder, `${stemOf(ref)}.yaml`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  return {
    run,
    store: executableDatastore('file', run),
    reopen: async () => executableDatastore('file', run),
    plant,
    plantBroken: (ref) => plant(ref, BROKEN),
    createAtOnce: (objects) => createAtOnce(run, objects),
    contenders: CONTENDERS,
    async cleanup() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
