import affinities from './affinities.ts';
import blocksEmpty from './blocks-empty.ts';
import blocksOutsidePools from './blocks-outside-pools.ts';
import blocksOverlap from './blocks-overlap.ts';
import blocksWithoutAffinity from './blocks-without-affinity.ts';
import endpoints from './endpoints.ts';
import handlesMiscounted from './handles-miscounted.ts';
import nodesGone from './nodes-gone.ts';
import nodesStuck from './nodes-stuck.ts';
import poolsFull from './pools-full.ts';
import reservations from './reservations.ts';
import resting from './resting.ts';
import type { FindingRule } from './rule.ts';
import tunnelsAstray from './tunnels-astray.ts';
import tunnelsMissing from './tunnels-missing.ts';
import virtualMachines from './virtual-machines.ts';

/** What is looked for beyond what the reference finds, in the order told. */
export const RULES: readonly FindingRule[] = [
  blocksOverlap,
  blocksOutsidePools,
  blocksEmpty,
  affinities,
  blocksWithoutAffinity,
  nodesGone,
  handlesMiscounted,
  tunnelsMissing,
  tunnelsAstray,
  endpoints,
  reservations,
  resting,
  virtualMachines,
  poolsFull,
  nodesStuck,
];
