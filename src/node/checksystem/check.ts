import type { Host } from '../../host/host.ts';

/** What was looked at on this machine, and what that means for Calico. */
export interface Check {
  readonly name: string;
  /** `skip`: does not apply here, or cannot be told. */
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  /** What was found. */
  readonly found: string;
  /** What it leads to, and what to do; absent of what passed. */
  readonly advice?: string;
}

export function pass(name: string, found: string): Check {
  return { name, status: 'pass', found };
}

export function warn(name: string, found: string, advice: string): Check {
  return { name, status: 'warn', found, advice };
}

export function fail(name: string, found: string, advice: string): Check {
  return { name, status: 'fail', found, advice };
}

export function skip(name: string, found: string): Check {
  return { name, status: 'skip', found };
}

/** What a file holds, without white space around it; undefined where it is not there or may not be read. */
export function textOf(host: Host, path: string): string | undefined {
  try {
    return host.read(path)?.trim();
  } catch {
    return undefined;
  }
}

/** A file that holds one whole number. */
export function numberOf(host: Host, path: string): number | undefined {
  const text = textOf(host, path);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
