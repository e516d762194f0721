import { Examination } from '../../src/validation/examination.ts';
import { examineFiles } from '../../src/validation/files.ts';
import { acrossRules, lintRules } from '../../src/validation/index.ts';
import { ioWith } from '../input/support.ts';

const across = await acrossRules();
const lint = await lintRules();

/** What `validate` finds in the text, without a datastore. */
export async function findings(text: string, live = false) {
  const examination = new Examination({ namespaces: {}, across, lint, live });
  await examineFiles(examination, { files: ['-'], recursive: false, skipEmpty: false, io: ioWith(text) });
  return examination.finish().findings;
}

/** The same as `RULE line:column message`. */
export async function told(text: string, live = false): Promise<readonly string[]> {
  return (await findings(text, live)).map(
    ({ rule, place, message }) => `${rule} ${place?.line}:${place?.column} ${message}`,
  );
}

/** A manifest in flow style: everything on a line of its own. */
export function yaml(kind: string, name: string, spec: object, metadata: object = {}): string {
  const meta = JSON.stringify({ name, ...metadata });
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: ${meta}\nspec: ${JSON.stringify(spec)}\n`;
}

export function documents(...texts: readonly string[]): string {
  return texts.join('---\n');
}

/** Ids of the rules that a policy breaks, of which only the spec matters. */
export async function rulesOfPolicy(spec: object, kind = 'GlobalNetworkPolicy', metadata: object = {}) {
  return (await findings(yaml(kind, 'p', spec, metadata))).map(
    ({ rule, path }) => `${rule} ${path.join('.')}`,
  );
}
