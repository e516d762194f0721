import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { isWindowsHandle } from '../../operations/ipam/block.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import { drain, openSurvey, type SurveyOptions, type SurveyStages } from '../survey/read.ts';
import type { Survey, SurveyedBlock, Use } from '../survey/survey.ts';
import { hasOverlaps } from './judge.ts';
import { attributesText, recordsOf } from './records.ts';
import { type ReportWriter, reportWriter } from './report.ts';
import { beginFile, type WholeFile } from './report-file.ts';
import { blocksAgain } from './reread.ts';
import { type Confirmed, lookAgain } from './second-look.ts';

/** What is printed and written besides the counts. */
export interface CheckOptions extends SurveyOptions {
  readonly showAll: boolean;
  /** Implied by `showAll`. */
  readonly showProblems: boolean;
  /** Where to write the report. */
  readonly report?: string;
}

/** What a check came to. */
export interface CheckOutcome {
  readonly survey: Survey;
  readonly confirmed: Confirmed;
  /** As the reference counts. */
  readonly problems: number;
}

type Text = AsyncGenerator<string, void, undefined>;

/** Checks, telling each stage while it is read, in the reference's words. */
export async function* checkText(
  store: Datastore,
  options: CheckOptions,
): AsyncGenerator<string, CheckOutcome, undefined> {
  const { showAll, report } = options;
  const file = report === undefined ? undefined : await beginFile(report);
  try {
    const reading = { ...options, keepOwners: file !== undefined, yieldUses: showAll };
    const stages = openSurvey(store, reading);
    yield* readingText(store, stages, options);
    const survey = await stages.finish();
    const outcome = yield* scanningText(store, stages, survey, options, file);
    await file?.keep();
    return outcome;
  } finally {
    await file?.drop();
  }
}

async function* readingText(store: Datastore, stages: SurveyStages, { showAll }: CheckOptions): Text {
  const { found } = stages;
  yield 'Checking IPAM for inconsistencies...\n\n';
  await stages.cluster();
  yield 'Loading all IPAM blocks...\n';
  await drain(stages.blocks());
  yield `Found ${found.blocks.size} IPAM blocks.\n`;
  if (showAll) yield* allBlocksText(store);
  else for (const block of found.blocks) yield blockLine(block.name, block.affinity);
  yield `IPAM blocks record ${found.counts.allocations} allocations.\n\nLoading all IPAM pools...\n`;
  await stages.settings();
  const active = found.rest!.pools.filter(({ disabled }) => !disabled);
  yield active.map(({ range }) => `  ${formatCidr(range)}\n`).join('');
  yield `Found ${active.length} active IP pools.\n\nLoading all nodes.\n`;
  for await (const use of stages.nodes()) if (showAll) yield useLine(use);
  yield `Found ${found.counts.tunnels} node tunnel IPs.\n\nLoading all service load balancer IPs.\n`;
  for await (const use of stages.services()) if (showAll) yield useLine(use);
  yield `${servicesLine(stages)}\n\nLoading all workload endpoints.\n`;
  for await (const uses of stages.endpoints()) if (uses.length > 0) yield uses.map(useLine).join('');
  yield `Found ${found.counts.workloads} workload IPs.\n`;
  yield `Workloads and nodes are using ${found.ledger.addresses} IPs.\n\nLoading all handles\n`;
  await stages.handles();
  yield topNodesText(found.byNode);
}

function servicesLine({ found: { counts, servicesUnknown } }: SurveyStages): string {
  if (counts.services !== undefined) return `Found ${counts.services} service load balancer(s).`;
  return servicesUnknown
    ? 'No Kubernetes given to ask for services, skipping service check'
    : 'No configuration for LoadBalancer kubecontroller found, skipping service check';
}

function blockLine(name: string, affinity: string): string {
  return ` IPAM block ${name} affinity=${affinity === '' ? '<none>' : affinity}:\n`;
}

function useLine({ address, owner }: Use): string {
  return `  ${address} belongs to ${owner}\n`;
}

/** Every address that blocks record; the blocks are read once more for it, for what they say is not kept. */
async function* allBlocksText(store: Datastore): Text {
  for await (const [name, range, stored] of blocksAgain(store, 'all')) {
    const lines = [blockLine(name, textIn(stored.spec['affinity']))];
    for (const { address, attribute, handle } of recordsOf(stored, range)) {
      if (isWindowsHandle(handle)) lines.push(useLine({ address, owner: 'Reserved for Windows' }));
      lines.push(`  ${address} allocated; attrs ${attributesText(attribute)}\n`);
    }
    yield lines.join('');
  }
}

const MOST_NODES = 20;

function topNodesText(byNode: ReadonlyMap<string, number>): string {
  const nodes = [...byNode].sort(([, a], [, b]) => b - a);
  const lines = nodes.slice(0, MOST_NODES).map(([node, count]) => `  ${node} has ${count} allocations\n`);
  const [first] = nodes;
  const median = nodes[Math.trunc(nodes.length / 2)]?.[1];
  const summary =
    first === undefined ? '' : `Node with most allocations has ${first[1]}; median is ${median}\n`;
  return `Looking for top (up to ${MOST_NODES}) nodes by allocations...\n${lines.join('')}${summary}\n`;
}

async function* scanningText(
  store: Datastore,
  { found }: SurveyStages,
  survey: Survey,
  options: CheckOptions,
  file: WholeFile | undefined,
): AsyncGenerator<string, CheckOutcome, undefined> {
  const report = file && reportWriter(file, survey, found.ledger.ownersOf);
  const look = lookAgain(store, survey, report !== undefined);
  yield 'Scanning for IPs that are allocated but not actually in use...\n';
  const leaks = yield* leaksText(look.blocks(), survey, options, report);
  const confirmed = await look.rest();
  await report?.end(confirmed.leakedHandles);
  yield `Found ${leaks} IPs that are allocated in IPAM but not actually in use.\n`;
  yield usesText(survey, confirmed, options);
  yield handlesText(survey, confirmed, options);
  const faulty = [...survey.blocks].filter(({ fault }) => fault !== undefined);
  yield faultsText(faulty);
  const { outside, unallocated, leakedHandles } = confirmed;
  const problems = leaks + outside.size + unallocated.size + leakedHandles.length + faulty.length;
  yield `Check complete; found ${problems} problems.\n`;
  return { survey, confirmed, problems };
}

async function* leaksText(
  blocks: ReturnType<ReturnType<typeof lookAgain>['blocks']>,
  survey: Survey,
  { showAll, showProblems }: CheckOptions,
  report: ReportWriter | undefined,
): AsyncGenerator<string, number, undefined> {
  const seen = hasOverlaps(survey) ? new Set<string>() : undefined;
  let leaks = 0;
  await report?.begin();
  for await (const block of blocks) {
    await report?.block(block);
    const leaked = block.records.filter(({ verdict }) => verdict === 'leaked');
    const met = leaked.filter(({ address }) => seen?.has(address) !== true);
    for (const { address } of leaked) seen?.add(address);
    leaks += met.length;
    if (!(showAll || showProblems) || leaked.length === 0) continue;
    yield leaked
      .map(({ address, attribute }) => `  ${address} leaked; attrs ${attributesText(attribute)}\n`)
      .join('');
  }
  return leaks;
}

function usesText({ shared }: Survey, { outside, unallocated }: Confirmed, options: CheckOptions): string {
  const lines = (uses: ReadonlyMap<string, readonly Use[]>, what: string) =>
    [...uses.values()].flat().map(({ address, owner }) => `  ${address} in use by ${owner} ${what}\n`);
  const shown = [
    ...[...shared.keys()].map((address) => `  ${address} has multiple owners.\n`),
    ...lines(outside, 'is not in any active IP pool.'),
    ...lines(unallocated, 'and in active IP pool but has no IPAM allocation.'),
  ];
  return [
    'Scanning for IPs that are in use by a workload or node but not allocated in IPAM...\n',
    ...(options.showAll || options.showProblems ? shown : []),
    `Found ${outside.size} in-use IPs that are not in active IP pools.\n`,
    `Found ${unallocated.size} in-use IPs that are in active IP pools but have no corresponding IPAM allocation.\n\n`,
  ].join('');
}

function handlesText({ handles }: Survey, confirmed: Confirmed, options: CheckOptions): string {
  const { leakedHandles, missingHandles } = confirmed;
  const { showAll, showProblems } = options;
  const idle = leakedHandles.map(({ id }) => `  ${id} doesn't have any active IPs.\n`);
  const missing = [...missingHandles.keys()].map((id) => `  ${id} is in use in a block but doesn't exist.\n`);
  return [
    'Scanning for IPAM handles with no matching IPs...\n',
    ...(showAll ? idle : []),
    `Found ${leakedHandles.length} handles with no matching IPs (and ${handles.existing - handles.leaked.length} handles with matches).\n`,
    'Scanning for IPs with missing handle...\n',
    ...(showAll || showProblems ? missing : []),
    `Found ${missingHandles.size} handles mentioned in blocks with no matching handle resource.\n`,
  ].join('');
}

function faultsText(blocks: readonly SurveyedBlock[]): string {
  const lines = blocks.map(({ name, fault }) => `  IPAMBlock BlockKey(cidr=${name}) is invalid: ${fault}\n`);
  return `Validating IPAMBlock structures...\n${lines.join('')}Found ${blocks.length} invalid IPAMBlocks.\n`;
}
