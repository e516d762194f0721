import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Kind, Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { addressObject, SECTIONS, type Section } from '../addresses.ts';
import { elementsOf } from './elements.ts';
import type { Part } from './file.ts';
import type { ReadOptions } from './resources.ts';

export interface AddressItem {
  readonly kind: Kind;
  readonly resource: Resource;
  /** `file:line`. */
  readonly where: string;
}

/** The objects of the third part as they come, each once. Throws `input` for what is none. */
export async function* addressesIn(part: Part, options: ReadOptions): AsyncGenerator<AddressItem> {
  for await (const { key, value, listed, line } of elementsOf(part)) {
    if (options.signal.aborted) throw new CalicoctlError('cancelled', 'interrupted while reading the file');
    if (value === null && !listed) continue;
    const where = `${part.file}:${line}`;
    try {
      const section = sectionOf(key, listed);
      const resource = addressObject(section, value);
      const kind = await kindOf(SECTIONS[section]);
      if (options.wanted.add(kind, resource, where)) yield { kind, resource, where };
    } catch (error) {
      if (!isError(error, 'input')) throw error;
      const placed = new CalicoctlError(
        'input',
        error.message.startsWith(where) ? error.message : `${where}: ${error.message}`,
        { ...error.details, place: { file: part.file, line } },
      );
      if (options.onFault === undefined) throw placed;
      options.onFault(placed);
    }
  }
}

function sectionOf(key: string, listed: boolean): Section {
  if (!Object.hasOwn(SECTIONS, key))
    throw new CalicoctlError('input', `"${key}" is no section of IPAM data that this calicoctl knows`);
  const section = key as Section;
  if ((section === 'config') === listed)
    throw new CalicoctlError(
      'input',
      `"${key}" is ${listed ? 'a list, and has to be one object' : 'no list'}`,
    );
  return section;
}
