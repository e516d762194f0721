import { describe, expect, test } from 'bun:test';
import { CalicoctlError, formatError } from '../../../src/core/errors.ts';
import { applyDefinitions } from '../../../src/operations/crds/apply.ts';
import { planDefinitions } from '../../../src/operations/crds/plan.ts';
import { edited, type Memory, memory, oneOfOurs, ours, SPEC } from './memory.ts';

const pools = await oneOfOurs('ippools');
const all = await ours();
const others = all.filter(({ metadata }) => metadata.name !== pools.metadata.name);
const name = pools.metadata.name;

async function applied(cluster: Memory, options: { milliseconds?: number; signal?: AbortSignal } = {}) {
  const plan = await planDefinitions(cluster, { force: false });
  const { done, failures } = await applyDefinitions(cluster, plan, {
    force: false,
    signal: options.signal ?? new AbortController().signal,
    deadline: Date.now() + (options.milliseconds ?? 10_000),
  });
  return { done: done.map((step) => step.name).sort(), failures };
}

const smaller = edited(pools, { [`${SPEC}/properties/cidr/maxLength`]: 10 });

describe('applying a plan', () => {
  test('writes what is missing and what differs, and nothing else', async () => {
    const cluster = memory([...others.slice(2), smaller]);
    const { done, failures } = await applied(cluster);
    const wanted = [...others.slice(0, 2).map((definition) => definition.metadata.name), name];
    expect({ done, failures }).toEqual({ done: wanted.sort(), failures: [] });
    expect(cluster.writes.toSorted()).toEqual(
      wanted.map((each) => `${each === name ? 'update' : 'create'} ${each}`).sort(),
    );
    expect((await applied(cluster)).done).toEqual([]);
  });

  test('decides anew where somebody else was faster', async () => {
    const cluster = memory([...others, smaller]);
    let moments = 2;
    cluster.beforeWrite = () => {
      if (moments-- <= 0) return;
      const stored = cluster.stored.get(name)!;
      const labels = { ...stored.metadata.labels, [`moment-${moments}`]: 'x' };
      const metadata = { ...stored.metadata, labels, resourceVersion: `theirs-${moments}` };
      cluster.stored.set(name, { ...stored, metadata });
    };
    expect(await applied(cluster)).toEqual({ done: [name], failures: [] });
    const { metadata, spec } = cluster.stored.get(name)!;
    expect(metadata.labels).toEqual({ 'moment-0': 'x', 'moment-1': 'x' });
    expect(spec).toEqual(pools.spec);
  });

  test('does not create what somebody else created', async () => {
    const cluster = memory(others);
    cluster.beforeWrite = () => {
      cluster.beforeWrite = () => {};
      cluster.stored.set(name, { ...pools, status: [...cluster.stored.values()][0]!.status! });
    };
    expect(await applied(cluster)).toEqual({ done: [name], failures: [] });
    expect(cluster.writes).toEqual([]);
  });

  test('goes on where one fails, and says which', async () => {
    const cluster = memory(all.slice(3));
    const failing = all[1]!.metadata.name;
    cluster.beforeWrite = (written) => {
      if (written === failing) throw new CalicoctlError('validation', `${failing} is no good`);
    };
    const { done, failures } = await applied(cluster);
    expect(done).toEqual([all[0]!, all[2]!].map((definition) => definition.metadata.name));
    expect(failures.map(formatError)).toEqual([`${failing} is no good`]);
  });

  test('says which is not in force in time', async () => {
    const cluster = memory(others);
    const { create } = cluster;
    cluster.create = async (definition) => create({ ...definition, status: {} });
    const { done, failures } = await applied(cluster, { milliseconds: 50 });
    expect(done).toEqual([name]);
    expect(failures.map(formatError)).toEqual([
      `CustomResourceDefinition(${name}) is written, but the API server does not serve it yet\n  Look at status.conditions of the definitions, or wait longer with --timeout.`,
    ]);
  });

  test('says why the API server does not take a name', async () => {
    const cluster = memory(others);
    const { create } = cluster;
    const conditions = [{ type: 'NamesAccepted', status: 'False', message: '"ipp" is already in use' }];
    cluster.create = async (definition) => create({ ...definition, status: { conditions } });
    const { failures } = await applied(cluster);
    expect(failures.map(({ message }) => message)).toEqual([
      `the API server does not take the names of CustomResourceDefinition(${name}): "ipp" is already in use`,
    ]);
  });

  test('waits no longer after Ctrl-C', async () => {
    const cluster = memory(others);
    const { create } = cluster;
    cluster.create = async (definition) => create({ ...definition, status: {} });
    const { failures } = await applied(cluster, { signal: AbortSignal.abort() });
    expect(failures.map(({ errorClass }) => errorClass)).toEqual(['cancelled']);
  });
});
