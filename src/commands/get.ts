import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CalicoctlError, isError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { ResourceSet, ResourcesResult } from '../core/result.ts';
import { defineCommand } from '../kit/command.ts';
import { manifestArguments, manifestsGiven } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption, parseOutputFormat } from '../kit/options.ts';
import { resourceSet } from '../kit/resource-set.ts';
import { defaultAsNumber } from '../operations/read.ts';
import { isResourceRefusal } from '../operations/refusals.ts';

async function readTemplate(path: string, io: Io): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (cause) {
    throw new CalicoctlError('usage', `cannot read the template file ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

export default defineCommand({
  summary: 'Show one, some or all resources of a kind.',
  description:
    'Without names, all resources of the kind are shown. With -f, the stored state of the resources that the files name.',
  examples: [
    'get ippool',
    'get ippool -o wide',
    'get networkset lab -n dev -o yaml',
    'get networkpolicy -A',
    'get node -o custom-columns=NAME,ASN',
  ],
  args: manifestArguments,
  options: {
    output: {
      type: 'text',
      short: 'o',
      value: 'FORMAT',
      default: 'ps',
      doc: 'ps, wide, yaml, json, name, custom-columns=HEADING,…, go-template=TEMPLATE or go-template-file=FILE.',
    },
    allNamespaces: { type: 'flag', short: 'A', doc: 'Show resources of every namespace.' },
    allNamespacesA: { type: 'flag', short: 'a', hidden: true, doc: 'The same as -A.' },
    export: { type: 'flag', doc: 'Leave out what ties named resources to this cluster.' },
    ...inputOptions,
    ...configOption,
    ...namespaceOption,
  },
  async run(input, context): Promise<ResourcesResult> {
    const format = await parseOutputFormat(input.output, (path) => readTemplate(path, context.io));
    const manifests = await manifestsGiven(input, context.io);
    const store = await context.datastore({ config: input.config, access: 'read' });
    const named = input.filename.every((file) => file === '') && input.names.length > 0;
    const choice = {
      ...(input.namespace === undefined ? {} : { namespace: input.namespace }),
      allNamespaces: input.allNamespaces || input.allNamespacesA,
    };
    let facts: Promise<string> | undefined;
    const asNumber = () => (facts ??= defaultAsNumber(store));
    const sets: ResourceSet[] = [];
    const errors: CalicoctlError[] = [];
    for await (const manifest of manifests) {
      try {
        sets.push(
          await resourceSet(store, manifest, {
            choice,
            format,
            export: input.export && named,
            asNumber,
            warn: context.warn,
          }),
        );
      } catch (error) {
        if (!(error instanceof CalicoctlError) || isError(error, 'usage', 'unavailable')) throw error;
        if (isError(error, 'unauthorized') && !isResourceRefusal(error)) throw error;
        errors.push(error);
      }
    }
    await manifests.close();
    return { type: 'resources', format, sets, errors, asNumber };
  },
});
