import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption, dataFormat } from '../../kit/options.ts';

export default defineCommand({
  summary: 'Show the effective connection settings, secrets masked.',
  description: 'No datastore is asked. With --origins, where each value comes from.',
  examples: ['config view', 'config view --origins', 'config view -c cluster.cfg -o yaml'],
  args: {},
  options: {
    origins: { type: 'flag', doc: 'Show all settings, and where each value comes from.' },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const configuration = await context.configuration(input.config);
    const rows = (await context.settingsOf(configuration)).filter((row) => input.origins || row.value !== '');
    if (format !== undefined) {
      const value = Object.fromEntries(
        rows.map((row) => [row.field, input.origins ? { value: row.value, from: row.from } : row.value]),
      );
      return { type: 'data', format, value };
    }
    const headings = input.origins ? ['SETTING', 'VALUE', 'FROM'] : ['SETTING', 'VALUE'];
    return {
      type: 'table',
      headings,
      rows: rows.map((row) => (input.origins ? [row.field, row.value, row.from] : [row.field, row.value])),
    };
  },
});
