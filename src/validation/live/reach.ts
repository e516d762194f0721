import { guardOf } from '../../operations/guards/guards.ts';
import type { Kind } from '../../resources/kind.ts';
import { allKinds, kindOf } from '../../resources/registry.ts';
import type { AcrossRule } from '../rule.ts';

/** Every kind that may be looked at by users. */
export async function everyKind(): Promise<readonly Kind[]> {
  return Promise.all(allKinds().flatMap(({ kind, internal }) => (internal ? [] : [kindOf(kind)])));
}

/** Kinds that writing objects of `kinds` can concern, and those of them that guards ask of. */
export async function concerned(
  kinds: ReadonlySet<Kind>,
  across: readonly AcrossRule[],
): Promise<{ readonly all: readonly Kind[]; readonly asked: ReadonlySet<Kind> }> {
  const asked = new Set<Kind>();
  for (const kind of kinds)
    for (const name of (await guardOf(kind))?.asks ?? []) asked.add(await kindOf(name));
  const written = new Set([...kinds].map(({ kind }) => kind));
  const related = across.flatMap(({ kinds: all = [] }) => (all.some((kind) => written.has(kind)) ? all : []));
  const all = new Set([...kinds, ...asked, ...(await Promise.all(related.map(kindOf)))]);
  return { all: [...all].sort((a, b) => (a.kind < b.kind ? -1 : 1)), asked };
}
