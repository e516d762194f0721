/** A pattern of file names as a test: `*` and `?` stand for anything but slashes, `**` for folders, `{a,b}` for either. */
export function globTest(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${translate(pattern.replace(/^\.\//, ''))}$`);
  return (path) => expression.test(path);
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[^*?{}]+|./gs;

function translate(pattern: string): string {
  return pattern.replace(TOKEN, (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1 && token.startsWith('{'))
      return `(?:${token.slice(1, -1).split(',').map(translate).join('|')})`;
    return token.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
}
