import { describe, expect, test } from 'bun:test';
import { rulesAbout, rulesOfKind } from '../../src/reference/concern.ts';
import { fieldAt } from '../../src/reference/fields.ts';
import { kindNamed } from '../../src/resources/registry.ts';
import { allRules } from '../../src/validation/rulebook/index.ts';
import { ioWith } from '../input/support.ts';

const rules = await allRules();

async function about(kind: string, path: string): Promise<readonly string[]> {
  const found = await rulesAbout(fieldAt(await kindNamed(kind), path), rules, ioWith());
  return found.map(({ id }) => id);
}

describe('rules about a field', () => {
  test('are those that its declaration asks for, and those whose examples are at fault in it', async () => {
    const cidr = await about('ippool', 'spec.cidr');
    expect(cidr).toEqual(expect.arrayContaining(['CAL0013', 'CAL0016', 'CAL0030', 'CAL1000', 'CAL1020']));
    expect(cidr).not.toContain('CAL1005');
    expect(await about('ippool', 'spec.blockSize')).toEqual(
      expect.arrayContaining(['CAL0015', 'CAL1005', 'CAL1021']),
    );
  });

  test('are told of the other direction and of other kinds too, where the field is declared once for all', async () => {
    for (const kind of ['gnp', 'networkpolicy', 'stagednetworkpolicy'])
      for (const direction of ['ingress', 'egress'])
        expect([kind, await about(kind, `spec.${direction}.icmp.code`)]).toEqual([
          kind,
          ['CAL0015', 'CAL1141'],
        ]);
  });

  test('of an object are those of its fields too', async () => {
    const all = await about('bgppeer', 'spec');
    expect(all).toEqual(expect.arrayContaining(['CAL1400', 'CAL1408']));
  });

  test('of metadata', async () => {
    expect(await about('tier', 'metadata.name')).toEqual(
      expect.arrayContaining(['CAL0060', 'CAL0061', 'CAL1321']),
    );
    expect(await about('tier', 'metadata.labels')).toEqual(expect.arrayContaining(['CAL0062', 'CAL0063']));
  });

  test('of a kind are all that name it', async () => {
    const found = rulesOfKind(await kindNamed('ippool'), rules).map(({ id }) => id);
    expect(found).toEqual(expect.arrayContaining(['CAL1000', 'CAL1020', 'CAL1801']));
    expect(found).not.toContain('CAL1400');
  });
});
