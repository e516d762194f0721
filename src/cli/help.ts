import { Command as Page } from 'commander';
import { CalicoctlError } from '../core/errors.ts';
import type { Command } from '../kit/command.ts';
import { globalOptions, type Options } from '../kit/options.ts';
import { kebabCase } from './argv.ts';
import type { CommandEntry, GroupEntry } from './tree.ts';

/** Help pages, laid out by commander from command data. */

const ABOUT = 'Manage Calico networking resources in etcd, in Kubernetes, or in a plain folder.';

/** The page of the command or group that the words name. */
export async function helpPage(
  program: string,
  words: readonly string[],
  commands: readonly CommandEntry[],
  groups: readonly GroupEntry[],
): Promise<string> {
  const name = [program, ...words].join(' ');
  const entry = commands.find((candidate) => candidate.words.join(' ') === words.join(' '));
  if (entry !== undefined) return commandPage(program, name, (await entry.load()).default);
  const below = commands.filter((candidate) => words.every((word, i) => candidate.words[i] === word));
  if (below.length === 0) throw new CalicoctlError('usage', `unknown help topic "${words.join(' ')}"`);
  return groupPage(name, words, below, groups);
}

function commandPage(program: string, name: string, command: Command): string {
  const page = newPage(name).description([command.summary, command.description].filter(Boolean).join('\n\n'));
  for (const [argument, { arity, doc }] of Object.entries(command.args)) {
    const word = argument.toUpperCase();
    page.argument(
      arity === 'required' ? `<${word}>` : arity === 'optional' ? `[${word}]` : `[${word}...]`,
      doc,
    );
  }
  page.usage(
    [
      ...Object.entries(command.args).map(([argument, { arity }]) =>
        usageWord(argument.toUpperCase(), arity),
      ),
      '[flags]',
    ].join(' '),
  );
  addOptions(page, command.options);
  const examples = command.examples.map((line) => `  ${program} ${line}`).join('\n');
  return `${page.helpInformation().trimEnd()}\n\nExamples:\n${examples}\n${globalSection()}`;
}

function usageWord(word: string, arity: 'required' | 'optional' | 'rest'): string {
  return arity === 'required' ? word : arity === 'optional' ? `[${word}]` : `[${word}...]`;
}

function groupPage(
  name: string,
  words: readonly string[],
  below: readonly CommandEntry[],
  groups: readonly GroupEntry[],
): string {
  const summary = groups.find((group) => group.words.join(' ') === words.join(' '))?.summary ?? ABOUT;
  const page = newPage(name).description(summary).usage('[command]');
  const listed = new Map<string, string>();
  for (const entry of below) {
    const word = entry.words[words.length]!;
    const leaf = entry.words.length === words.length + 1;
    const group = groups.find((candidate) => candidate.words.join(' ') === [...words, word].join(' '));
    listed.set(word, leaf ? entry.summary : (group?.summary ?? ''));
  }
  for (const word of [...listed.keys()].sort())
    page.addCommand(new Page(word).summary(listed.get(word)!).helpOption(false));
  return `${page.helpInformation().trimEnd()}\n${globalSection()}\nUse "${name} [command] --help" for more information about a command.\n`;
}

function newPage(name: string): Page {
  return new Page(name)
    .helpCommand(false)
    .helpOption('-h, --help', 'Show this page.')
    .configureHelp({ helpWidth: 110, showGlobalOptions: false });
}

function addOptions(page: Page, options: Options): void {
  for (const [name, spec] of Object.entries(options)) {
    if (spec.hidden) continue;
    const value = spec.type === 'flag' ? '' : ` <${spec.value}>`;
    const flags = `${spec.short === undefined ? '' : `-${spec.short}, `}--${kebabCase(name)}${value}`;
    page.option(flags, spec.doc, spec.type === 'text' ? spec.default : undefined);
  }
}

function globalSection(): string {
  const page = new Page('global').helpOption(false).helpCommand(false).configureHelp({ helpWidth: 110 });
  addOptions(page, globalOptions);
  const text = page.helpInformation();
  return `\nGlobal Flags:\n${text.slice(text.indexOf('Options:') + 'Options:\n'.length).trimEnd()}\n`;
}
