import type { View } from './view.ts';

/** The command line that does the next step. */
export function commandLine({ course, wishes, suggestedVia }: View): string {
  const { to, toCidr, toBlockSize, toName, viaCidr = suggestedVia } = wishes;
  const flags: readonly (readonly [string, unknown])[] = course.hops[0]!.to.note
    ? []
    : [
        ['--to', to],
        ['--to-cidr', toCidr],
        ['--to-block-size', toBlockSize],
        ['--to-name', toName],
        ['--via-cidr', viaCidr],
      ];
  const given = flags.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${String(value)}`]));
  return ['calicoctl ippool migrate', course.pool, ...given, '--apply'].join(' ');
}
