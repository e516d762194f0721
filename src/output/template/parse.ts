import { Cursor } from './cursor.ts';
import type { Token } from './lexer.ts';
import { unquote } from './literals.ts';
import type { Branch, Pipe, Statement } from './nodes.ts';
import { parsePipe, type Scope } from './parse-pipe.ts';

/** A parsed template with the ones defined inside it. */
export interface Template {
  readonly source: string;
  readonly body: readonly Statement[];
  readonly defined: ReadonlyMap<string, readonly Statement[]>;
  /** Names of the functions that are called anywhere. */
  readonly functions: ReadonlySet<string>;
}

/** Parses a template; an error names its line. `functions` are the names it may call. */
export function parseTemplate(source: string, functions: ReadonlySet<string>): Template {
  const parser = new Parser(source, functions);
  const body = parser.document();
  return { source, body, defined: parser.defined, functions: parser.scope.called };
}

/** What ended a list of statements. */
type End = 'end' | 'else' | 'eof';

class Parser {
  readonly defined = new Map<string, readonly Statement[]>();
  readonly scope: Scope;
  private readonly cursor: Cursor;
  private rangeDepth = 0;

  constructor(source: string, functions: ReadonlySet<string>) {
    this.cursor = new Cursor(source);
    this.scope = { functions, called: new Set(), variables: ['$'] };
  }

  document(): Statement[] {
    const [body, end] = this.statements(true);
    if (end !== 'eof') this.cursor.fail(`unexpected {{${end}}}`);
    return body;
  }

  /** Statements up to `{{end}}`, `{{else}}` or the end of the template. Definitions stand only at the top. */
  private statements(top = false): [body: Statement[], end: End] {
    const { cursor } = this;
    const body: Statement[] = [];
    for (;;) {
      const token = cursor.nextNonSpace();
      if (token.type === 'eof') {
        if (top) return [body, 'eof'];
        cursor.fail('unexpected EOF', token.line);
      } else if (token.type === 'text') {
        body.push({ type: 'text', offset: token.offset, text: token.text });
      } else if (token.type === 'left') {
        cursor.actionLine = token.line;
        const result = top && cursor.takeKeyword('define') ? this.define() : this.action();
        cursor.actionLine = 0;
        if (result === 'end' || result === 'else') return [body, result];
        if (result) body.push(result);
      } else {
        cursor.unexpected(token, 'input');
      }
    }
  }

  private action(): Statement | 'end' | 'else' {
    const { cursor } = this;
    const token = cursor.peekNonSpace();
    if (token.type !== 'keyword' || token.text === 'define') {
      return { type: 'action', offset: token.offset, pipe: this.pipe('command') };
    }
    cursor.next();
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.branch(token.text);
      case 'break':
      case 'continue':
        return this.jump(token.text, token.offset);
      case 'end':
        cursor.expect('right', 'end');
        return 'end';
      case 'else':
        return this.elseClause();
      case 'block':
        return this.block();
      default:
        return this.templateCall();
    }
  }

  private pipe(context: string): Pipe {
    return parsePipe(this.cursor, this.scope, context, 'right');
  }

  /** `{{else if …}}` and `{{else with …}}` leave their keyword for the branch that they continue. */
  private elseClause(): 'else' {
    const next = this.cursor.peekNonSpace();
    if (next.type === 'keyword' && (next.text === 'if' || next.text === 'with')) return 'else';
    this.cursor.expect('right', 'else');
    return 'else';
  }

  private branch(type: Branch['type']): Branch {
    const known = this.scope.variables.length;
    const pipe = this.pipe(type);
    if (type === 'range') this.rangeDepth++;
    const [body, end] = this.statements();
    if (type === 'range') this.rangeDepth--;
    const branch: Branch = { type, offset: pipe.offset, pipe, body };
    const result = end === 'else' ? { ...branch, otherwise: this.otherwise(type) } : branch;
    this.scope.variables.length = known;
    return result;
  }

  private otherwise(type: Branch['type']): readonly Statement[] {
    if (type !== 'range' && this.cursor.takeKeyword(type)) return [this.branch(type)];
    const [body, end] = this.statements();
    if (end !== 'end') this.cursor.fail('expected end; found {{else}}');
    return body;
  }

  private jump(type: 'break' | 'continue', offset: number): Statement {
    const token = this.cursor.nextNonSpace();
    if (token.type !== 'right') this.cursor.unexpected(token, `{{${type}}}`);
    if (this.rangeDepth === 0) this.cursor.fail(`{{${type}}} outside {{range}}`);
    return { type, offset };
  }

  private define(): undefined {
    const context = 'define clause';
    const name = this.name(context)[0];
    this.cursor.expect('right', context);
    this.definition(name, context);
    return undefined;
  }

  private block(): Statement {
    const context = 'block clause';
    const [name, offset] = this.name(context);
    const pipe = this.pipe(context);
    this.definition(name, context);
    return { type: 'template', offset, name, pipe };
  }

  /** The body of a template of its own: it sees no variable but `$`, and no loop around it. */
  private definition(name: string, context: string): void {
    const { variables } = this.scope;
    const depth = this.rangeDepth;
    this.scope.variables = ['$'];
    this.rangeDepth = 0;
    const [body, end] = this.statements();
    if (end !== 'end') this.cursor.fail(`unexpected {{${end}}} in ${context}`);
    this.scope.variables = variables;
    this.rangeDepth = depth;
    const before = this.defined.get(name);
    if (before !== undefined && !isBlank(before) && !isBlank(body)) {
      this.cursor.fail(`template: multiple definition of template ${JSON.stringify(name)}`);
    }
    if (before === undefined || isBlank(before)) this.defined.set(name, body);
  }

  private templateCall(): Statement {
    const context = 'template clause';
    const [name, offset] = this.name(context);
    if (this.cursor.peekNonSpace().type === 'right') {
      this.cursor.next();
      return { type: 'template', offset, name };
    }
    return { type: 'template', offset, name, pipe: this.pipe(context) };
  }

  private name(context: string): [name: string, offset: number] {
    const token: Token = this.cursor.nextNonSpace();
    if (token.type !== 'string' && token.type !== 'raw') this.cursor.unexpected(token, context);
    return [unquote(token.text) ?? this.cursor.fail('invalid syntax'), token.offset];
  }
}

function isBlank(body: readonly Statement[]): boolean {
  return body.every((statement) => statement.type === 'text' && statement.text.trim() === '');
}
