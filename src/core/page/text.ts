// Characters that show nothing or turn the text around them: names come from the cluster and may want to look like others.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text of the cluster with what cannot be seen written out. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** Text for HTML and SVG, between tags or in quotes; what cannot be seen, or turns the direction of text, is written out. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** `1234567` as `1,234,567`. */
export function withCommas(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
