import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { confirm } from '../../kit/confirm.ts';
import { milliseconds } from '../../kit/duration.ts';
import { configOption, dataFormat } from '../../kit/options.ts';
import { type DefinitionPlan, planDefinitions } from '../../operations/crds/plan.ts';
import { isPending, pending, prepare } from '../../operations/crds/prepare.ts';
import { doneText, planData, shownPlan } from '../../operations/crds/words.ts';
import { initialise, uninitialised } from '../../operations/initialise.ts';
import { checkVersionSkew } from '../../operations/version-skew.ts';
import { customResourceDefinitions } from '../../resources/crd-definition.ts';
import type { DefinitionGroup } from '../../resources/definition.ts';

const GROUPS: Readonly<Record<string, DefinitionGroup>> = {
  v1: 'crd.projectcalico.org',
  v3: 'projectcalico.org',
  'crd.projectcalico.org/v1': 'crd.projectcalico.org',
  'projectcalico.org/v3': 'projectcalico.org',
};

type Store = Awaited<ReturnType<Context['datastore']>>;

/** What the command line asks for. */
interface Request {
  readonly group: DefinitionGroup | undefined;
  readonly format: 'json' | 'yaml' | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly force: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

function groupNamed(word: string | undefined): DefinitionGroup | undefined {
  const name = word?.toLowerCase();
  if (name === undefined) return undefined;
  if (Object.hasOwn(GROUPS, name)) return GROUPS[name];
  const known = 'v1 (crd.projectcalico.org/v1) or v3 (projectcalico.org/v3)';
  throw new CalicoctlError('usage', `unknown API group '${word}': use ${known}`);
}

/** The group asked for, else the one that all other commands are told to use; undefined where the cluster decides. */
async function groupFor(
  asked: DefinitionGroup | undefined,
  config: string | undefined,
  context: Context,
): Promise<DefinitionGroup | undefined> {
  const configuration = await context.configuration(config);
  const setting = configuration.datastoreType === 'kubernetes' && configuration.kubernetes.calicoApiGroup;
  if (!setting) return asked;
  const native = setting.toLowerCase() === 'projectcalico.org/v3';
  const configured = native ? 'projectcalico.org' : 'crd.projectcalico.org';
  if (asked === undefined || asked === configured) return configured;
  throw new CalicoctlError(
    'usage',
    `--api-group asks for ${asked}, but calicoAPIGroup is set to ${setting}`,
    {
      hint: 'All other commands go by the setting: change it, or leave --api-group out.',
    },
  );
}

/** Folders and etcd take any kind of resource: only what every datastore begins with is made. */
async function withoutDefinitions(store: Store, { dryRun, format }: Request): Promise<Result> {
  const objects = dryRun ? await uninitialised(store) : await initialise(store);
  if (format !== undefined) return { type: 'data', format, value: { objects, applied: !dryRun } };
  const done = doneText({ steps: [], objects, errors: [] });
  const text = dryRun && objects.length > 0 ? `Objects to create: ${objects.join(', ')}\n` : done;
  return {
    type: 'text',
    text: `${text}The ${store.capabilities.name} datastore has no definitions of kinds.\n`,
  };
}

/** Shows what is going to be changed, and gets a yes for it from the command line or from the terminal. */
async function agree(plan: DefinitionPlan, { format, yes }: Request, { io, show }: Context): Promise<void> {
  if (format !== undefined) return;
  if (plan.steps.some(({ verdict }) => verdict !== 'same')) await show(shownPlan(plan));
  if (yes || !plan.steps.some(isPending)) return;
  const answer = await confirm(io, 'Change the definitions of the cluster so?');
  if (answer === true) return;
  if (answer === false) throw new CalicoctlError('usage', 'nothing was changed');
  throw new CalicoctlError('usage', 'nothing was changed: there is no terminal to ask for a yes on', {
    hint: 'Add --yes to make these changes, or --dry-run to only look at them.',
  });
}

async function onKubernetes(
  store: Store,
  definitions: NonNullable<Store['definitions']>,
  request: Request,
  context: Context,
): Promise<Result> {
  const { group, format, force, dryRun, timeout } = request;
  const plan = await planDefinitions(definitions, { ...(group && { group }), force });
  if (plan.served && !context.globals.allowVersionMismatch) await checkVersion(store, request, context);
  if (dryRun) {
    const todo = await pending(store, plan);
    if (format !== undefined) return { type: 'data', format, value: planData(plan, todo, false) };
    return shownPlan(plan, todo.objects);
  }
  await agree(plan, request, context);
  const { signal } = context.io;
  const done = await prepare(store, definitions, plan, { force, signal, deadline: Date.now() + timeout });
  if (format !== undefined) {
    if (done.errors[0] !== undefined) throw done.errors[0];
    return { type: 'data', format, value: planData(plan, done, true) };
  }
  const text = doneText(done);
  const stopped = done.errors.find((error) => isError(error, 'cancelled'));
  if (stopped === undefined) return { type: 'text', text, errors: done.errors };
  await context.show({ type: 'text', text });
  throw stopped;
}

async function checkVersion(store: Store, { dryRun }: Request, { io, warn }: Context): Promise<void> {
  const strict = io.env['CALICOCTL_STRICT_VERSION'] === '1';
  try {
    await checkVersionSkew(store, dryRun ? 'read' : 'write', { strict, warn });
  } catch (error) {
    // Another run is installing the definitions: what is not served yet has no version.
    if (!isError(error, 'not-supported')) throw error;
  }
}

export default defineCommand({
  summary: 'Prepare the datastore: define the kinds in Kubernetes, create what every cluster has.',
  description: [
    "On Kubernetes the cluster's custom resource definitions are compared with those of this program. What is going to change is shown as a diff of YAML, then a yes is asked for (or --yes). Definitions keep what others added: labels, annotations, conversion, versions, columns, descriptions. One with fields that this program does not know, as of a newer Calico, is left alone unless --force is given.",
    'Then, as on every datastore, ClusterInformation default and the tiers default, kube-admin and kube-baseline are created where they are missing.',
  ].join('\n\n'),
  examples: [
    'datastore init --dry-run',
    'datastore init --yes',
    'datastore init --yes --api-group v3',
    'datastore init --print | kubectl apply -f -',
  ],
  args: {},
  options: {
    dryRun: { type: 'flag', doc: 'Only show what would be done.' },
    yes: { type: 'flag', short: 'y', doc: 'Do it without asking.' },
    apiGroup: {
      type: 'text',
      value: 'GROUP',
      doc: 'v1 (crd.projectcalico.org/v1) or v3 (projectcalico.org/v3); the one that the cluster has unless given, v1 where it has none.',
    },
    force: {
      type: 'flag',
      doc: 'Replace definitions that know more than this program, and add a second API group.',
    },
    print: { type: 'flag', doc: 'Print the definitions of --api-group; no cluster is asked.' },
    timeout: {
      type: 'text',
      value: 'DURATION',
      default: '1m',
      doc: 'How long to wait until the definitions are in force.',
    },
    output: {
      type: 'text',
      short: 'o',
      value: 'FORMAT',
      doc: 'json or yaml: the plan for programs (with --dry-run or --yes), or the form of --print.',
    },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const asked = groupNamed(input.apiGroup);
    const format = dataFormat(input.output);
    const timeout = milliseconds(input.timeout, '--timeout', 1);
    if (input.print) {
      const value = await customResourceDefinitions(asked ?? 'crd.projectcalico.org');
      return { type: 'data', format: format ?? 'yaml', documents: true, value };
    }
    if (format !== undefined && !input.dryRun && !input.yes)
      throw new CalicoctlError('usage', '-o is for programs, which cannot be asked: add --dry-run or --yes');
    const group = await groupFor(asked, input.config, context);
    const store = await context.datastore({ config: input.config, access: 'write', unchecked: true });
    const flags = { dryRun: input.dryRun, yes: input.yes, force: input.force };
    const request = { group, format, timeout, ...flags };
    const { definitions } = store;
    if (definitions === undefined) return withoutDefinitions(store, request);
    return onKubernetes(store, definitions, request, context);
  },
});
