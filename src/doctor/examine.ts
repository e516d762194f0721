import { readFacts } from '../cluster/health/read.ts';
import { CalicoctlError } from '../core/errors.ts';
import { clusterInformation } from '../operations/lock.ts';
import { probe } from './network/probe.ts';
import { type Finding, type StepId, type StepReport, skipped, type Todo, wrong } from './step.ts';
import { STEPS, type Step } from './steps/index.ts';
import type { Answer, Practice, SettingFacts, Surroundings } from './surroundings.ts';

/** Makes every step, in order, each with those before it that it needs; tells of each as it ends. Changes nothing. */
export async function* examine(practice: Practice, limitMs: number): AsyncGenerator<StepReport, void> {
  const end = Date.now() + limitMs;
  const around = surroundings(practice, limitMs);
  const failed = new Map<StepId, string>();
  const told = new Set<StepId>();
  const meant = await practice.remedies();
  for (const step of STEPS) {
    const missing = step.needs.find((id) => failed.has(id));
    const start = performance.now();
    const finding =
      missing === undefined
        ? await bounded(step, end - Date.now(), () => findingOf(step, around))
        : skipped(`not tried, for it needs ${failed.get(missing)}`);
    if (finding === undefined) continue;
    const isTold = finding.forbidden && told.has('rights');
    const report = isTold ? skipped(finding.message) : finding;
    if (report.todo !== undefined && report.todo.length > 0) told.add(step.id);
    if (finding.outcome === 'error' || missing !== undefined)
      failed.set(step.id, missing === undefined ? `"${step.title}"` : failed.get(missing)!);
    const { forbidden: _, todo, ...shown } = report;
    const took = Math.round(performance.now() - start);
    yield {
      ...{ id: step.id, title: step.title, took, ...shown },
      ...(todo && { todo: todo.map((each) => withCommand(each, meant)) }),
    };
  }
}

function withCommand({ command, ...rest }: Todo, meant: (command: string) => string): Todo {
  return command === undefined ? rest : { ...rest, command: meant(command) };
}

/** A fault that a step does not expect is what it found; undefined where it has nothing to do with such a datastore. */
async function findingOf(step: Step, around: Surroundings): Promise<Finding | undefined> {
  try {
    return await step.run(around);
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
    const what = error.details.hint ?? 'Put that right and run `calicoctl doctor` again.';
    const finding = wrong('error', error.message, what);
    return error.errorClass === 'unauthorized' ? { ...finding, forbidden: true } : finding;
  }
}

async function bounded(
  { title }: Step,
  limitMs: number,
  work: () => Promise<Finding | undefined>,
): Promise<Finding | undefined> {
  if (limitMs <= 0) return skipped('there was no time left for it');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    const what = 'Give it longer with --timeout, or see what keeps the server from answering.';
    const message = `"${title}" did not end in the time that was left for it`;
    timer = setTimeout(() => resolve(wrong('error', message, what)), limitMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function surroundings(practice: Practice, limitMs: number): Surroundings {
  const settings = once(practice.settings);
  const store = once(practice.store);
  const cluster = once(practice.cluster);
  const answer = once(async () => firstAnswer(await settings(), { store, cluster }));
  return {
    ...practice,
    ...{ settings, store, cluster, answer },
    probes: once(async () => {
      const { type, endpoints } = await settings();
      const urls = type === 'kubernetes' ? [(await cluster()).server] : endpoints;
      return urls.map((url) => probe(new URL(url)));
    }),
    facts: once(() => readFacts({ store, cluster, limitMs })),
  };
}

/** Asked whatever the layers below say: a proxy may lead there though no socket does. */
async function firstAnswer(
  { type }: SettingFacts,
  { store, cluster }: Pick<Practice, 'store' | 'cluster'>,
): Promise<Answer> {
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  try {
    if (type === 'kubernetes') {
      const { gitVersion = '' } = await (await cluster()).version();
      return { took: took(), says: `Kubernetes ${gitVersion}` };
    }
    await clusterInformation(await store());
    return { took: took() };
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
    return { took: took(), error };
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}
