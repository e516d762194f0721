import type { Host } from '../../host/host.ts';
import { eachProcess, type Process, programOf } from '../../host/processes.ts';

/** Which parts of calico/node run on this machine. */
export interface Running {
  readonly felix: boolean;
  readonly bird: boolean;
  readonly bird6: boolean;
}

/** Looks no further than it has to: a node may have thousands of processes. */
export function running(host: Host): Running {
  const found = { felix: false, bird: false, bird6: false };
  for (const process of eachProcess(host)) {
    const part = partOf(process);
    if (part !== undefined) found[part] = true;
    if (found.felix && found.bird && found.bird6) break;
  }
  return found;
}

/** All processes of BIRD, and whether Felix runs. */
export function allBirds(host: Host): { readonly felix: boolean; readonly birds: readonly Process[] } {
  let felix = false;
  const birds: Process[] = [];
  for (const process of eachProcess(host)) {
    const part = partOf(process);
    if (part === 'felix') felix = true;
    else if (part !== undefined) birds.push(process);
  }
  return { felix, birds };
}

/** By the program's name and what it was told to do, wherever it lies; a word of the same kind elsewhere counts for nothing. */
function partOf(process: Process): keyof Running | undefined {
  const program = programOf(process);
  if (program === 'bird' || program === 'bird6') return program;
  if (program === 'calico-felix') return 'felix';
  if (program === 'calico-node' && process.argv.slice(1).some((word) => /^--?felix$/.test(word)))
    return 'felix';
  return undefined;
}
