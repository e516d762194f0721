import type { RuleSummary } from '../../core/result.ts';
import { allKinds } from '../../resources/registry.ts';
import { BETWEEN, METADATA, STRUCTURE } from '../../resources/structure.ts';
import { acrossRules, lintRules } from '../index.ts';
import type { Explanation } from '../rule.ts';

/** When a rule is looked at. */
export type RuleScope =
  | 'resource' // one resource by itself: validate and every write
  | 'write' // one resource by itself, on create and update only
  | 'update' // a resource and what is stored of it
  | 'stored' // what the datastore holds, before a write
  | 'across' // all resources of the input, and of the datastore where that is known
  | 'lint'; // validate only, a warning

/** A rule as `explain`, reports and documentation show it. */
export interface RuleEntry extends RuleSummary, Explanation {
  readonly scope: RuleScope;
  /** Kinds that have the rule; empty where all have. */
  readonly kinds: readonly string[];
}

interface Declared {
  readonly id: string;
  readonly doc: string;
  readonly scope: RuleScope;
  readonly kinds: string[];
}

/** Every rule there is, by id. */
export async function allRules(): Promise<readonly RuleEntry[]> {
  const explanations = await allExplanations();
  const entries: RuleEntry[] = [...(await declaredRules()).values()].map((rule) => ({
    ...NOT_EXPLAINED,
    ...explanations[rule.id],
    ...rule,
    severity: 'error',
  }));
  const across = await acrossRules();
  for (const { id, doc } of Object.values(BETWEEN).filter((rule) => !across.some(({ id }) => id === rule.id)))
    entries.push({
      ...NOT_EXPLAINED,
      ...explanations[id],
      id,
      doc,
      kinds: [],
      severity: 'error',
      scope: 'stored',
    });
  for (const { id, doc, kinds = [], severity } of across)
    entries.push({
      ...NOT_EXPLAINED,
      ...explanations[id],
      id,
      doc,
      kinds,
      severity: severity.live,
      scope: 'across',
    });
  for (const { id, doc, kinds = [], why, wrong, right } of await lintRules())
    entries.push({ id, doc, kinds, why, wrong, right, severity: 'warning', scope: 'lint' });
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A test holds that no rule is left so. */
const NOT_EXPLAINED: Explanation = { why: '', wrong: '', right: '' };

/** Rules of metadata that validate passes, as the reference does. */
const ON_WRITE: ReadonlySet<string> = new Set([METADATA.singleton.id, METADATA.version.id]);

async function declaredRules(): Promise<ReadonlyMap<string, Declared>> {
  const rules = new Map<string, Declared>();
  for (const { id, doc } of STRUCTURE)
    rules.set(id, { id, doc, scope: ON_WRITE.has(id) ? 'write' : 'resource', kinds: [] });
  const add = (kind: string, id: string, doc: string, scope: RuleScope) => {
    const known = rules.get(id);
    if (known === undefined) rules.set(id, { id, doc, scope, kinds: [kind] });
    else if (!known.kinds.includes(kind)) known.kinds.push(kind);
  };
  for (const { load } of allKinds()) {
    const { kind, rules: own, updateRules } = (await load()).default;
    for (const { id, doc, onWrite } of own) add(kind, id, doc, onWrite ? 'write' : 'resource');
    for (const { id, doc } of updateRules) add(kind, id, doc, 'update');
  }
  return rules;
}

/**
 * The tables of explanations. Each is keyed by the id of the rule and reads:
 *
 *     CAL1003: {
 *       why: 'What happens in the cluster otherwise, in one to three sentences.',
 *       wrong: `apiVersion: projectcalico.org/v3 …`, // a whole manifest: breaks this rule and no other
 *       right: `apiVersion: projectcalico.org/v3 …`, // the same, mended: breaks none, and earns no warning
 *       stored: `…`, // only for rules about what the datastore holds: written there beforehand, breaks none
 *       command: {…}, // only for rules that no manifest breaks by itself: the command lines to run
 *     },
 *
 * Manifests are template literals that begin with `apiVersion` and end with a newline; several documents are separated by
 * `---`. test/validation/rulebook.test.ts runs all of them, and docs/rules shows them. Nothing that a plain `validate`
 * does loads them.
 */
const TABLES = [
  async () => (await import('./reading.ts')).READING_AND_KEYWORDS,
  async () => (await import('./forms.ts')).FORMS,
  async () => (await import('./metadata.ts')).METADATA,
  async () => (await import('./pools.ts')).POOLS,
  async () => (await import('./policies.ts')).POLICIES,
  async () => (await import('./bgp.ts')).BGP,
  async () => (await import('./felix.ts')).FELIX,
  async () => (await import('./others.ts')).OTHERS,
  async () => (await import('./between.ts')).BETWEEN,
];

async function allExplanations(): Promise<Readonly<Record<string, Explanation>>> {
  const tables = await Promise.all(TABLES.map((load) => load()));
  return Object.assign({}, ...tables);
}
