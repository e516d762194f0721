/** Log lines on standard error in the reference's form, silent unless asked for. Values must hold no secret. */

const ORDER = ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof ORDER)[number];

/** Words that `--log-level` takes, in any letter case. */
export const LOG_LEVELS: readonly string[] = [...ORDER, 'warning'];

export type Log = (
  level: LogLevel,
  message: string,
  values?: Readonly<Record<string, string | number>>,
) => void;

/** The level that a word means; undefined for other words. */
export function logLevelNamed(word: string): LogLevel | undefined {
  const lower = word.toLowerCase();
  return lower === 'warning' ? 'warn' : ORDER.find((level) => level === lower);
}

/** Writes what is at least as grave as `threshold`: `time="…" level=info msg="…" key=value`. */
export function createLog(threshold: LogLevel, write: (text: string) => void): Log {
  return (level, message, values = {}) => {
    if (ORDER.indexOf(level) > ORDER.indexOf(threshold)) return;
    const time = `${new Date().toISOString().slice(0, 19)}Z`;
    const pairs = Object.entries(values).map(([key, value]) => ` ${key}=${quoted(String(value))}`);
    write(`time="${time}" level=${level} msg=${JSON.stringify(message)}${pairs.join('')}\n`);
  };
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : JSON.stringify(text);
}
