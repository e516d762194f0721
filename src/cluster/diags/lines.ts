/** Lines that are said while others wait for them. */
export interface Lines {
  say(line: string): void;
  end(): void;
  /** Every line, each with its end; once. */
  readonly chunks: AsyncIterable<string>;
}

export function openLines(): Lines {
  const waiting: string[] = [];
  let ended = false;
  let wake = () => {};
  return {
    say(line) {
      waiting.push(`${line}\n`);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    chunks: (async function* () {
      for (;;) {
        if (waiting.length > 0) yield waiting.splice(0).join('');
        else if (ended) return;
        else
          await new Promise<void>((go) => {
            wake = go;
          });
      }
    })(),
  };
}
