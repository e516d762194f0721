import type { Health } from '../health/health.ts';

/** What `cluster status -o json|yaml` says. Fields keep their names and meanings; new ones may come. */
export function healthDocument({ causes, unknown, summary }: Health): object {
  const count = (severity: string) => causes.filter((each) => each.severity === severity).length;
  return {
    healthy: causes.every(({ severity }) => severity === 'warning') && unknown.every(isExpected),
    ...{ critical: count('critical'), errors: count('error'), warnings: count('warning') },
    summary,
    causes: causes.map(({ code, severity, area, subjects, message, evidence, advice, command }) => ({
      ...{ code, severity, area, subjects, message, evidence, advice },
      ...(command === undefined ? {} : { command }),
    })),
    unknown,
  };
}

function isExpected({ reason }: Health['unknown'][number]): boolean {
  return reason === 'not-configured';
}
