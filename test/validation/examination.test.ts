import { expect, test } from 'bun:test';
import { eachInWorkspace } from '../commands/fixture.ts';

const place = eachInWorkspace();

test.each([
  ['no name', 'metadata: {}', 'metadata.name', 'CAL0060'],
  ['a namespace that its kind has not', 'metadata: {name: a, namespace: b}', 'metadata.namespace', 'CAL0066'],
])(
  'of a resource with %s all else that is wrong is told too, and nothing twice',
  async (_, metadata, field, rule) => {
    const text = `apiVersion: projectcalico.org/v3\nkind: IPPool\n${metadata}\nspec: {cidr: 10.0.0.1/8, ipipMode: Foo}\n`;
    const { status, out } = await place.at.calicoctl(['validate', '-f', '-', '-o', 'json'], { stdin: text });
    const { findings, totals } = JSON.parse(out);
    expect(status).toBe(1);
    expect(totals).toMatchObject({ resources: 1, valid: 0, errors: 3 });
    expect(findings.map((finding: { field: string; rule: string }) => [finding.field, finding.rule])).toEqual(
      [
        [field, rule],
        ['spec.ipipMode', 'CAL0014'],
        ['spec.cidr', 'CAL1000'],
      ],
    );
  },
);
