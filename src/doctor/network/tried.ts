/** What came of a layer, and after how many milliseconds. */
export type Tried<T> =
  | { readonly took: number; readonly value: T }
  | { readonly took: number; readonly error: string };

/** What became of the work, which is given up after `limitMs`. Never rejects. */
export async function tried<T>(limitMs: number, work: () => Promise<T>): Promise<Tried<T>> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000}s`)), limitMs);
  });
  try {
    const value = await Promise.race([work(), late]);
    return { took: performance.now() - start, value };
  } catch (error) {
    return { took: performance.now() - start, error: wordsOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'connection refused: nothing listens there',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to its network',
  ECONNRESET: 'it hung up',
  ETIMEDOUT: 'no answer',
};

function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}
