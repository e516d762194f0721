import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { collectDiags } from '../../node/diags/diags.ts';

export default defineCommand({
  summary: 'Collect diagnostics of this machine in one archive.',
  description:
    "Routes, addresses, packet filters, sets, journal, logs of Calico and of its containers (Docker, nerdctl, crictl or Podman, whichever is there), BIRD's sessions and routes, the CNI configuration, settings of the kernel, and what `node checksystem` finds. Felix is sent the signal SIGUSR1, at which it writes its statistics into its log.\n\nEvery step has a time-out and is listed with its result in `summary.txt` and `summary.json` in the archive; what failed or was skipped is told at the end on standard error. Secrets are redacted, and certificates become a description; look the archive through all the same before you pass it on.\n\nRoot is not needed, but shows more. After Ctrl-C the archive holds what was collected until then.",
  examples: ['node diags', 'node diags --log-dir /var/log/calico', 'node diags --output diags.tar.gz'],
  args: {},
  options: {
    logDir: {
      type: 'text',
      value: 'FOLDER',
      default: '/var/log/calico',
      doc: 'Where Calico writes its logs.',
    },
    output: { type: 'text', value: 'FILE', doc: 'Where the archive goes (default: a new temporary folder).' },
  },
  async run(input, context): Promise<Result> {
    const { io } = context;
    await collectDiags(await context.host(), {
      // Nothing is no folder, least of all the one we are in.
      logDir: input.logDir === '' ? '' : resolve(io.cwd, input.logDir),
      output: input.output === undefined ? undefined : resolve(io.cwd, input.output),
      temporary: io.env['TMPDIR'] || tmpdir(),
      signal: io.signal,
      say: (line) => context.show({ type: 'text', text: `${line}\n` }),
      note: (line) => io.err(`${line}\n`),
      now: new Date(),
    });
    return { type: 'text', text: '' };
  },
});
