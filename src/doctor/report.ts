import { examine } from './examine.ts';
import type { StepReport } from './step.ts';
import type { Practice } from './surroundings.ts';
import { type Marks, stepText, todosOf, todoText } from './text.ts';

/** The examination as text, step by step as it goes; `failed` says in the end whether something needs doing. */
export function doctorText(
  practice: Practice,
  limitMs: number,
  marks: Marks,
): { readonly chunks: AsyncIterable<string>; readonly failed: () => boolean } {
  let isWell = false;
  async function* chunks() {
    const steps: StepReport[] = [];
    let held: StepReport[] = [];
    for await (const step of examine(practice, limitMs)) {
      steps.push(step);
      if (held.length > 0 && !isAlike(held[0]!, step)) {
        yield stepText(together(held), marks);
        held = [];
      }
      if (step.outcome === 'skipped') held.push(step);
      else yield stepText(step, marks);
    }
    if (held.length > 0) yield stepText(together(held), marks);
    const todos = todosOf(steps);
    isWell = todos.length === 0;
    yield todoText(todos);
  }
  return { chunks: chunks(), failed: () => !isWell };
}

/** Steps that were left out for the same reason stand in one line. */
function isAlike(a: StepReport, b: StepReport): boolean {
  return a.outcome === b.outcome && a.message === b.message;
}

function together(steps: readonly StepReport[]): StepReport {
  return { ...steps[0]!, title: steps.map(({ title }) => title).join(', ') };
}

/** What `doctor -o json|yaml` says. Fields keep their names and meanings; new ones may come. */
export interface DoctorDocument {
  readonly well: boolean;
  readonly steps: readonly StepReport[];
  /** The most urgent first. */
  readonly todo: ReturnType<typeof todosOf>;
}

export async function doctorDocument(practice: Practice, limitMs: number): Promise<DoctorDocument> {
  const steps = await Array.fromAsync(examine(practice, limitMs));
  const todo = todosOf(steps);
  return { well: todo.length === 0, steps: steps.map(({ todo: _, ...step }) => step), todo };
}
