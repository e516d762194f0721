import type { Severity } from '../../core/result.ts';
import { guardOf } from '../../operations/guards/guards.ts';
import type { Kind } from '../../resources/kind.ts';
import { allKinds, kindOf } from '../../resources/registry.ts';
import type { AcrossRule } from '../rule.ts';

/** Every kind that may be looked at by users. */
export async function everyKind(): Promise<readonly Kind[]> {
  return Promise.all(allKinds().flatMap(({ kind, internal }) => (internal ? [] : [kindOf(kind)])));
}

/** Kinds that writing objects of some kinds can concern. */
export interface Concerned {
  readonly all: readonly Kind[];
  /** Those that guards ask of. */
  readonly asked: ReadonlySet<Kind>;
  /** Those that only lint looks at. */
  readonly lintOnly: ReadonlySet<Kind>;
}

export async function concerned(kinds: ReadonlySet<Kind>, across: readonly AcrossRule[]): Promise<Concerned> {
  const asked = new Set<Kind>();
  for (const kind of kinds)
    for (const name of (await guardOf(kind))?.asks ?? []) asked.add(await kindOf(name));
  const written = new Set([...kinds].map(({ kind }) => kind));
  const related = async (severity: Severity) => {
    const rules = across.filter((rule) => rule.severity.live === severity);
    const names = rules.flatMap(({ kinds: all = [] }) => (all.some((kind) => written.has(kind)) ? all : []));
    return Promise.all([...new Set(names)].map(kindOf));
  };
  const needed = new Set([...kinds, ...asked, ...(await related('error'))]);
  const lintOnly = new Set((await related('warning')).filter((kind) => !needed.has(kind)));
  const all = [...needed, ...lintOnly].sort((a, b) => (a.kind < b.kind ? -1 : 1));
  return { all, asked, lintOnly };
}
