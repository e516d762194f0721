/** Lines of a stream, whatever the chunks it comes in; blank ones are left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  // Parts of one line, joined once: a line may be long and its chunks small.
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    for (const piece of pieces.slice(0, -1)) {
      parts.push(piece);
      const line = parts.join('').trim();
      parts = [];
      if (line !== '') yield line;
    }
    parts.push(pieces.at(-1)!);
  }
  const rest = parts.join('').trim();
  if (rest !== '') yield rest;
}
