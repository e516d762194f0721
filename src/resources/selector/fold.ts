const QUOTED_OR_BREAK = /("[^"]*"|'[^']*')|[ \t]*[\r\n][ \t\r\n]*/g;

/**
 * A selector written over several lines as the one line that is stored: each line break outside quotes becomes a
 * blank, with the blanks around it, and the ends are trimmed. Text without such a break stays as given. The
 * reference refuses line breaks, although YAML writes long texts so.
 */
export function foldSelector(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  const folded = text.replace(QUOTED_OR_BREAK, (_match, quoted?: string) => quoted ?? ' ');
  return folded === text ? text : folded.replace(/^[ \t]+|[ \t]+$/g, '');
}
