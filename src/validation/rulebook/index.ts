import type { RuleSummary, Severity } from '../../core/result.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { allKinds } from '../../resources/registry.ts';
import { BETWEEN, METADATA, structureRules as ofEveryKind, READING } from '../../resources/structure.ts';
import { acrossRules, lintRules } from '../index.ts';
import type { AcrossLintRule, AcrossRule, Explanation } from '../rule.ts';

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
  /** Where only files are known; `severity` is the one where the datastore is known too. */
  readonly offline: Severity;
}

interface Declared {
  readonly id: string;
  readonly doc: string;
  readonly scope: RuleScope;
  readonly kinds: readonly string[];
}

/** Every rule there is, by id. */
export async function allRules(): Promise<readonly RuleEntry[]> {
  const explanations = await allExplanations();
  const across = await acrossRules();
  const declared = [...structureRules(), ...betweenRules(across), ...(await kindRules())];
  const entry = (rule: Declared, severity: Severity, offline = severity): RuleEntry => ({
    ...(explanations[rule.id] ?? NOT_EXPLAINED),
    ...rule,
    ...{ severity, offline },
  });
  return [
    ...declared.map((rule) => entry(rule, 'error')),
    ...across.map((rule) => {
      const { id, doc, kinds = [] } = rule;
      const { live, offline } = rule.severity;
      if (!isLint(rule)) return entry({ id, doc, kinds, scope: 'across' }, live, offline);
      const { why, wrong, right } = rule;
      return { ...entry({ id, doc, kinds, scope: 'lint' }, live, offline), why, wrong, right };
    }),
    ...(await lintRules()).map(
      (rule): RuleEntry => ({
        ...{ id: rule.id, doc: rule.doc, kinds: rule.kinds ?? [] },
        ...{ severity: 'warning', offline: 'warning', scope: 'lint' },
        ...explanationOf(rule),
      }),
    ),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function isLint(rule: AcrossRule): rule is AcrossLintRule {
  return 'why' in rule;
}

/** Rules beyond those of Calico explain themselves. */
function explanationOf({ why, wrong, right }: Explanation): Explanation {
  return { why, wrong, right };
}

/** A test holds that no rule is left so. */
const NOT_EXPLAINED: Explanation = { why: '', wrong: '', right: '' };

/** Rules of every kind that validate of files passes, as the reference does. */
const NOT_OF_FILES: Readonly<Record<string, RuleScope>> = {
  [READING.stored.id]: 'stored',
  [METADATA.singleton.id]: 'write',
  [METADATA.version.id]: 'write',
};

function structureRules(): readonly Declared[] {
  return ofEveryKind().map(({ id, doc }) => ({ id, doc, kinds: [], scope: NOT_OF_FILES[id] ?? 'resource' }));
}

/** Which kinds are looked at; all where none is named. */
const KINDS_BETWEEN: Readonly<Record<keyof typeof BETWEEN, readonly string[]>> = {
  duplicate: [],
  poolOverlap: ['IPPool'],
  tier: TIERED_KINDS,
  poolBlocks: ['IPPool'],
  filters: ['BGPPeer'],
  builtInProfile: ['Profile'],
  kubernetesPolicy: ['NetworkPolicy'],
  version: [],
};

/** Those of them that only writes look at. */
function betweenRules(across: readonly AcrossRule[]): readonly Declared[] {
  return (Object.keys(BETWEEN) as (keyof typeof BETWEEN)[])
    .map((name): Declared => ({ ...BETWEEN[name], kinds: KINDS_BETWEEN[name], scope: 'stored' }))
    .filter(({ id }) => !across.some((rule) => rule.id === id));
}

async function kindRules(): Promise<readonly Declared[]> {
  const rules = new Map<string, Declared>();
  const add = (kind: string, id: string, doc: string, scope: RuleScope) => {
    const kinds = rules.get(id)?.kinds ?? [];
    if (!kinds.includes(kind)) rules.set(id, { id, doc, scope, kinds: [...kinds, kind] });
  };
  for (const { load } of allKinds()) {
    const { kind, rules: own, updateRules } = (await load()).default;
    for (const { id, doc, onWrite } of own) add(kind, id, doc, onWrite ? 'write' : 'resource');
    for (const { id, doc } of updateRules) add(kind, id, doc, 'update');
  }
  return [...rules.values()];
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
