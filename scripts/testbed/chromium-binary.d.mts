/** The path of a Chromium, installed where there is none. */
export function chromiumBinary(env?: Record<string, string | undefined>): string;
