import type { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { askEverywhere, type Everywhere, type EverywhereOptions, type Sources } from './everywhere.ts';
import { asData, asTable, asWideTable, notEstablished, silenceOf } from './view.ts';

export const EVERYWHERE_FORMATS = ['wide', 'json', 'yaml', 'dot', 'html'] as const;
export type EverywhereFormat = (typeof EVERYWHERE_FORMATS)[number];

export interface EverywhereRequest extends EverywhereOptions {
  /** Undefined for the table. */
  readonly format: EverywhereFormat | undefined;
  /** Whether all sessions have to be established. */
  readonly established: boolean;
  /** Called once everything is known, before anything is printed. */
  readonly ready: () => void;
}

/** The sessions of every node as a result; its exit status is 1 where a node could not be asked. */
export async function everywhere(sources: Sources, request: EverywhereRequest): Promise<Result> {
  const found = await askEverywhere(sources, request).finally(request.ready);
  for (const { node, notes } of found.reports) for (const note of notes) request.warn(`${node}: ${note}`);
  const faults = [silenceOf(found.reports), request.established ? notEstablished(found) : undefined];
  const errors = faults.filter((fault): fault is CalicoctlError => fault !== undefined);
  const shown = await shownAs(request.format, found);
  return { type: 'sequence', results: [shown, { type: 'text', text: '', errors }] };
}

async function shownAs(format: EverywhereFormat | undefined, found: Everywhere): Promise<Result> {
  switch (format) {
    case undefined:
      return asTable(found);
    case 'wide':
      return asWideTable(found);
    case 'json':
    case 'yaml':
      return { type: 'data', format, value: asData(found) };
    default: {
      const { topologyOf } = await import('../topology/topology.ts');
      const topology = topologyOf(found);
      if (format === 'dot') {
        const { dotText } = await import('../topology/dot.ts');
        return { type: 'text', text: dotText(topology) };
      }
      const { page } = await import('../topology/page.ts');
      return { type: 'text', text: page(topology) };
    }
  }
}
