import type { ResourceSet, ResourcesResult } from '../../core/result.ts';
import { API_VERSION } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { execute } from './execute.ts';
import { FUNCTION_NAMES, templateFunctions } from './functions.ts';
import { rootValue, type TemplateItem } from './go-types.ts';
import { refuseInjection } from './guard.ts';
import { parseTemplate } from './parse.ts';

/** What a template needs of a result. */
export type TemplateData = Pick<ResourcesResult, 'sets' | 'asNumber'>;

/**
 * The text of a `go-template` over what was found, complete or not at all. Throws CalicoctlError of class `usage` with
 * the place in the template where it does not parse, does not fit the data, or lets data change the output's structure.
 */
export async function renderTemplate(text: string, result: TemplateData): Promise<string> {
  const template = parseTemplate(text, FUNCTION_NAMES);
  const items = await Promise.all(result.sets.map(itemOf));
  const asNumber = template.functions.has('config') ? await result.asNumber?.() : undefined;
  const rendered = execute(template, templateFunctions(asNumber ?? ''), rootValue(items));
  refuseInjection(rendered);
  return rendered.real;
}

async function itemOf(set: ResourceSet): Promise<TemplateItem> {
  const kind = await kindOf(set.kind);
  const items: object[] = [];
  let resourceVersion: string | undefined;
  for await (const page of set.pages) {
    for (const item of page.items) items.push(item);
    resourceVersion = page.version ?? resourceVersion;
  }
  if (!set.list) return { kind, list: false, document: items[0] };
  const document = {
    kind: `${kind.kind}List`,
    apiVersion: API_VERSION,
    metadata: { resourceVersion },
    items,
  };
  return { kind, list: true, document };
}
