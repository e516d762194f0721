import type { Access } from '../datastore/cluster.ts';
import { inParallel } from './parallel.ts';

const AT_ONCE = 8;

/** Those of the accesses that are refused, as `allowed` says. Throws where one cannot be asked about. */
export async function refusedAmong(
  allowed: (access: Access) => Promise<boolean>,
  accesses: readonly Access[],
): Promise<ReadonlySet<Access>> {
  const refused = new Set<Access>();
  const { failures } = await inParallel(accesses, AT_ONCE, async (access) => {
    if (!(await allowed(access))) refused.add(access);
  });
  if (failures[0] !== undefined) throw failures[0];
  return refused;
}
