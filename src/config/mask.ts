import type { SettingDefinition } from './settings.ts';

/** What stands in the place of a secret. Its length says nothing about the secret's. */
export const MASK = '********';

const NEXT_URL = /,(?=\s*https?:\/\/)/i;
const SCHEME = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Hides `user:password@` in a comma list of URLs. A password may hold any character, also `@`, `/` and commas, so
 * everything before the last `@` of an item goes: rather too much than a piece of a password.
 */
export function maskUserinfo(text: string): string {
  return text
    .split(NEXT_URL)
    .map((item) => {
      const at = item.lastIndexOf('@');
      if (at === -1) return item;
      return `${SCHEME.exec(item)?.[0] ?? ''}${MASK}${item.slice(at)}`;
    })
    .join(',');
}

/** PEM text, and the text of a kubeconfig as such or in base64, which secret stores of build servers hand out. */
const SECRET_TEXT = /-----BEGIN|\n|apiVersion"?:|YXBpVmVyc2lv|eyJhcGlWZXJzaW9u/;

/** A setting's value as it may be shown. Secret text is hidden wherever it turns up, also in a field for a path. */
export function maskValue(definition: Pick<SettingDefinition, 'secret'>, value: unknown): string {
  const text = value === undefined ? '' : String(value);
  if (text === '') return '';
  if (definition.secret === 'all' || SECRET_TEXT.test(text)) return MASK;
  return definition.secret === 'userinfo' ? maskUserinfo(text) : text;
}
