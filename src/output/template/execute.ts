import { Evaluator } from './evaluate.ts';
import type { TemplateFunction } from './functions.ts';
import type { Branch, Statement, TemplateCall } from './nodes.ts';
import type { Template } from './parse.ts';
import { print, type Rendering } from './print.ts';
import {
  elements,
  entries,
  type GoValue,
  indirect,
  int,
  isMap,
  isSlice,
  isTrue,
  literal,
  numberOf,
} from './values.ts';

/** What a template writes: with the data, and with BASELINE in place of every string of the data. */
export interface Rendered {
  readonly real: string;
  readonly shadow: string;
}

/** Runs a template over a value. Throws CalicoctlError with the place in the template. */
export function execute(
  template: Template,
  functions: ReadonlyMap<string, TemplateFunction>,
  root: GoValue,
): Rendered {
  return new Execution(template, new Evaluator(template.source, functions, root)).run(root);
}

/** Templates may call themselves, but not for ever. */
const DEEPEST = 1000;

/** How a list of statements ended. */
type Flow = 'on' | 'break' | 'continue';

class Execution {
  private readonly written: Record<Rendering, string> = { real: '', shadow: '' };
  private depth = 0;

  constructor(
    private readonly template: Template,
    private readonly evaluator: Evaluator,
  ) {}

  run(root: GoValue): Rendered {
    this.statements(root, this.template.body);
    return this.written;
  }

  private statements(dot: GoValue | undefined, statements: readonly Statement[]): Flow {
    for (const statement of statements) {
      const flow = this.statement(dot, statement);
      if (flow !== 'on') return flow;
    }
    return 'on';
  }

  private statement(dot: GoValue | undefined, statement: Statement): Flow {
    switch (statement.type) {
      case 'text':
        this.written.real += statement.text;
        this.written.shadow += statement.text;
        return 'on';
      case 'action': {
        this.evaluator.at(statement);
        const value = this.evaluator.pipe(dot, statement.pipe);
        if (statement.pipe.variables.length === 0) this.write(value ?? literal('<no value>'));
        return 'on';
      }
      case 'break':
      case 'continue':
        return statement.type;
      case 'range':
        return this.range(dot, statement);
      case 'template':
        return this.call(dot, statement);
      default:
        return this.branch(dot, statement);
    }
  }

  private write(value: GoValue): void {
    this.written.real += print(value, 'real');
    this.written.shadow += print(value, 'shadow');
  }

  private branch(dot: GoValue | undefined, { type, pipe, body, otherwise }: Branch): Flow {
    return this.evaluator.scoped(() => {
      const value = this.evaluator.pipe(dot, pipe);
      if (isTrue(value)) return this.statements(type === 'with' ? value : dot, body);
      return otherwise ? this.statements(dot, otherwise) : 'on';
    });
  }

  private range(dot: GoValue | undefined, { pipe, body, otherwise }: Branch): Flow {
    return this.evaluator.scoped(() => {
      const value = this.evaluator.pipe(dot, pipe);
      const names = pipe.variables.map((variable) => variable.names[0]!);
      let any = false;
      for (const [key, item] of this.pairs(value && indirect(value), names.length)) {
        any = true;
        const flow = this.evaluator.scoped(() => {
          if (names.length === 1) this.evaluator.setVariable(names[0]!, item);
          if (names.length === 2) {
            this.evaluator.setVariable(names[0]!, key);
            this.evaluator.setVariable(names[1]!, item);
          }
          return this.statements(item, body);
        });
        if (flow === 'break') break;
      }
      return any || !otherwise ? 'on' : this.statements(dot, otherwise);
    });
  }

  private pairs(
    value: GoValue | undefined,
    variables: number,
  ): Iterable<readonly [key: GoValue | undefined, item: GoValue]> {
    if (value === undefined) return [];
    if (isSlice(value)) return elements(value).map((item, index) => [int(index), item] as const);
    // A map's keys are data, just as its values.
    if (isMap(value)) {
      return entries(value).map(([key, item]) => [
        { type: { kind: 'string', name: 'string' }, data: key },
        item,
      ]);
    }
    const shown = print(value, 'real');
    if (value.type.kind !== 'int' && value.type.kind !== 'uint') {
      return this.evaluator.fail(`range can't iterate over ${shown}`);
    }
    if (variables > 1) this.evaluator.fail(`can't use ${shown} to iterate over more than one variable`);
    return count(value);
  }

  private call(dot: GoValue | undefined, call: TemplateCall): Flow {
    this.evaluator.at(call);
    const body = this.template.defined.get(call.name);
    if (!body) return this.evaluator.fail(`template ${JSON.stringify(call.name)} not defined`);
    if (this.depth === DEEPEST) this.evaluator.fail(`exceeded maximum template depth (${DEEPEST})`);
    const inner = call.pipe && this.evaluator.pipe(dot, call.pipe);
    this.depth++;
    this.evaluator.isolated(inner, () => this.statements(inner, body));
    this.depth--;
    return 'on';
  }
}

function* count(value: GoValue): Iterable<readonly [undefined, GoValue]> {
  for (let i = 0; i < numberOf(value); i++) yield [undefined, { type: value.type, data: i }];
}
