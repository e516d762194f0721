import { tmpdir } from 'node:os';
import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { clusterOption } from '../../kit/services.ts';

export default defineCommand({
  summary: 'Collect diagnostics of the whole cluster in one archive.',
  description: [
    'Asks the Kubernetes API server, and through it the nodes, for everything that is needed to find out what is wrong with Calico: nodes, pods and workloads, logs and descriptions of Calico’s pods, routes, rules and BGP sessions of their nodes, the state of the operator, all resources of Calico, and a check of IP addresses. kubectl is not needed. The archive is put into the current folder.',
    'Secrets are left out wherever they stand: keys, tokens and passwords are replaced, certificates are described. A step that fails stops no other; the archive has a summary of all steps, and those that failed are told on standard error. Ctrl-C packs what has been collected until then.',
  ].join('\n\n'),
  examples: [
    'cluster diags',
    'cluster diags --since 1h',
    'cluster diags --focus-nodes worker-1,worker-2 --max-logs 10',
  ],
  args: {},
  options: {
    since: {
      type: 'text',
      value: 'DURATION',
      doc: 'Only logs newer than this, in seconds, minutes or hours: 90s, 5m or 1h. By default whole logs.',
    },
    maxLogs: {
      type: 'text',
      value: 'NUMBER',
      default: '5',
      doc: 'Pods of each workload whose logs are collected.',
    },
    maxParallelism: {
      type: 'text',
      value: 'NUMBER',
      default: '10',
      doc: 'Steps under way at once; a negative number for as many as are sensible.',
    },
    focusNodes: {
      type: 'text',
      value: 'NODES',
      doc: 'Nodes, separated by commas, whose pods are looked at before all others.',
    },
    skipTempDirCleanup: { type: 'flag', doc: 'Leave the temporary folder where it is.' },
    ...clusterOption,
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const { readOptions } = await import('../../cluster/diags/options.ts');
    const options = readOptions({
      since: input.since,
      maxLogs: input.maxLogs,
      maxParallelism: input.maxParallelism,
      focusNodes: input.focusNodes,
    });
    const which = { config: input.config, kubeconfig: input.kubeconfig };
    const { collectDiags } = await import('../../cluster/diags/collect.ts');
    const { datastoreType } = await context.configuration(input.config, { emptyPathIsDefault: true });
    return collectDiags(options, {
      cluster: () => context.cluster(which),
      datastore: () => context.datastore({ config: input.config, access: 'read', unchecked: true }),
      elsewhere: datastoreType !== 'kubernetes',
      cwd: context.io.cwd,
      temporary: context.io.env['TMPDIR'] || tmpdir(),
      keepTemporary: input.skipTempDirCleanup,
      signal: context.io.signal,
      remark: (line) => context.io.err(`${line}\n`),
      now: new Date(),
    });
  },
});
