import { writtenForm } from '../../operations/write.ts';
import { check } from '../../resources/check.ts';
import { kindOf } from '../../resources/registry.ts';
import { poolResource } from './course.ts';
import { type Obstacle, obstacle, type Situation } from './obstacles.ts';

/** Why the new pool could not be made: when its turn comes, the old one may be gone. */
export async function makingObstacles({ hop, to }: Situation): Promise<readonly Obstacle[]> {
  // Of a block that is larger than its pool more is said elsewhere.
  if (hop.to.stored !== undefined || to.blockSize < to.range.prefix) return [];
  const kind = await kindOf('IPPool');
  const problems = check(kind, writtenForm(kind, poolResource(hop.to.manifest)));
  return problems.map(({ message, path }) =>
    obstacle('error', `pool ${to.name} cannot be made: ${path.join('.')} ${message}`),
  );
}
