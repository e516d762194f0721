/** Servers and proxies that repeat what they were shown: their words go into errors, logs and bundles without it. */

const HIDDEN = '<redacted>';

/** Shorter ones are words of their own by chance: they go only where they stand alone. */
const CERTAIN = 8;

/** The words without these secrets, in whatever coding they stand there. */
export function withoutSecrets(words: string, secrets: Iterable<string>): string {
  const forms = [...new Set([...secrets].flatMap(formsOf))].filter((form) => form !== '');
  // The longest first: a shorter one may be a part of it.
  forms.sort((a, b) => b.length - a.length);
  return forms.reduce(
    (text, form) => (form.length < CERTAIN ? withoutWord(text, form) : text.replaceAll(form, HIDDEN)),
    words,
  );
}

function withoutWord(text: string, word: string): string {
  const literal = word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), HIDDEN);
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    // A header's bytes, each read as a character.
    bytes.toString('latin1'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}
