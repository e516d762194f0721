import { basename } from 'node:path';
import { CalicoctlError, formatError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import { LOG_LEVELS, type LogLevel, logLevelNamed } from '../core/log.ts';
import type { Command } from '../kit/command.ts';
import { globalOptions } from '../kit/options.ts';
import { parseWords } from './argv.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { createContext, type Globals } from './context.ts';
import { exitStatusOf } from './exit.ts';
import { findCommand } from './tree.ts';

/** Runs one command line and returns the exit status. The only place that catches everything. */
export async function main(argv: readonly string[], io: Io, argv0 = 'calicoctl'): Promise<number> {
  // As a kubectl plug-in (`kubectl-calico`) the program goes by that name; everything else stays.
  const program = basename(argv0).startsWith('kubectl-') ? 'kubectl-calico' : 'calicoctl';
  try {
    const target = findCommand(argv, COMMANDS, program);
    if (target.type === 'help') return await showHelp(io, program, target.words);
    const command = (await target.entry.load()).default;
    const { values, words, help } = parseWords(target.rest, { ...globalOptions, ...command.options });
    if (help) return await showHelp(io, program, target.entry.words);
    return await execute(command, inputOf(command, values, words), values, io);
  } catch (error) {
    return await report(error, io);
  }
}

async function execute(
  command: Command,
  input: Record<string, unknown>,
  values: Record<string, unknown>,
  io: Io,
): Promise<number> {
  const { context, close } = createContext(io, globalsOf(command, values));
  try {
    const result = await command.run(input, context);
    const { render } = await import('../output/render.ts');
    return await render(result, io);
  } finally {
    await close();
  }
}

/** The values of the options that all commands share. A command's own option of the same name is not one of them. */
function globalsOf(command: Command, values: Record<string, unknown>): Globals {
  const text = (name: keyof typeof globalOptions) =>
    name in command.options ? undefined : (values[name] as string | undefined);
  return {
    logLevel: readLogLevel(text('logLevel')),
    context: text('context'),
    allowVersionMismatch: values['allowVersionMismatch'] === true,
    requestTimeout: text('requestTimeout'),
    as: text('as'),
    asGroup: values['asGroup'] as readonly string[] | undefined,
    asUid: text('asUid'),
    qps: text('qps'),
  };
}

async function showHelp(io: Io, program: string, words: readonly string[]): Promise<number> {
  const { helpPage } = await import('./help.ts');
  await io.out(await helpPage(program, words, COMMANDS, GROUPS));
  return 0;
}

/** The command's input: options with their defaults, and the words in the places of its arguments. */
function inputOf(
  command: Command,
  values: Record<string, unknown>,
  words: readonly string[],
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(command.options)) {
    input[name] = values[name] ?? (spec.type === 'flag' ? false : spec.type === 'list' ? [] : spec.default);
  }
  const specs = Object.entries(command.args);
  const required = specs.filter(([, { arity }]) => arity === 'required').length;
  const greatest = specs.some(([, { arity }]) => arity === 'rest') ? Number.POSITIVE_INFINITY : specs.length;
  if (words.length < required || words.length > greatest) {
    const names = specs.map(([name]) => name.toUpperCase()).join(' ');
    const wanted = names === '' ? 'takes no words' : `takes ${names}`;
    throw new CalicoctlError(
      'usage',
      `wrong number of arguments: the command ${wanted}, and ${words.length} were given`,
    );
  }
  for (const [index, [name, { arity }]] of specs.entries())
    input[name] = arity === 'rest' ? words.slice(index) : words[index];
  return input;
}

function readLogLevel(word = 'panic'): LogLevel {
  const level = logLevelNamed(word);
  if (level !== undefined) return level;
  throw new CalicoctlError('usage', `unknown log level: ${word}, expected one of: ${LOG_LEVELS.join(', ')}`);
}

async function report(error: unknown, io: Io): Promise<number> {
  const { printFailure } = await import('../output/stderr.ts');
  if (error instanceof CalicoctlError) {
    await printFailure(`${formatError(error)}\n`, io);
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await printFailure(`calicoctl: internal error, please report it: ${text}\n`, io);
  }
  return exitStatusOf(error);
}
