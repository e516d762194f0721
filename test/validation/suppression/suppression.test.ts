import { describe, expect, test } from 'bun:test';
import { globTest } from '../../../src/validation/glob.ts';
import { IGNORABLE } from '../../../src/validation/ids.ts';
import { acrossRules, lintRules } from '../../../src/validation/index.ts';
import { allRules } from '../../../src/validation/rulebook/index.ts';
import { ignorableBy, isNamed } from '../../../src/validation/suppression.ts';
import { done, eachInWorkspace, failing } from '../../commands/fixture.ts';
import { documents, yaml } from '../found.ts';

const place = eachInWorkspace();

/** Breaks CAL2001 and CAL2004. */
const web = (metadata: object = {}) =>
  yaml(
    'GlobalNetworkPolicy',
    'web',
    { selector: 'a == "x" && a == "y"', ingress: [{ action: 'Log' }] },
    metadata,
  );

const ANNOTATION = 'lint.calicoctl.projectcalico.org/ignore';

/** Ids in what a run said. */
function ids({ err }: { readonly err: string }): readonly string[] {
  return [...err.matchAll(/\[(CAL\d{4})\]/g)].map(([, id]) => id!);
}

async function validate(line: string, stdin = '') {
  return place.at.calicoctl(['validate', ...line.split(' ')], { stdin });
}

describe('ids', () => {
  test('those of warnings are the ones that can be ignored', async () => {
    const warnings = (await allRules()).filter(({ offline }) => offline === 'warning').map(({ id }) => id);
    expect(IGNORABLE).toEqual(warnings);
    const own = [...(await lintRules()), ...(await acrossRules())].map(({ id }) => id);
    expect([...IGNORABLE].sort()).toEqual(own.sort());
  });

  test.each([
    ['CAL2001', 1],
    ['CAL200', 9],
    ['CAL18', 3],
    ['CAL', 0],
    ['CAL1110', 0],
    ['CAL9', 0],
    ['cal2001', 0],
    ['all', IGNORABLE.length],
  ])('%s means %d rules', (id, count) => {
    expect(ignorableBy(id)).toHaveLength(count);
  });

  test('lists have commas or blanks', () => {
    expect(isNamed('CAL2004', 'CAL2001, CAL2004')).toBe(true);
    expect(isNamed('CAL2004', 'CAL2001')).toBe(false);
    expect(isNamed('CAL2004', 'all')).toBe(true);
    expect(isNamed('CAL2004', undefined)).toBe(false);
  });
});

describe('--ignore', () => {
  test('leaves out what it names, and counts it', async () => {
    expect(ids(await validate('-f -', web()))).toEqual(['CAL2001', 'CAL2004']);
    expect(ids(await validate('-f - --ignore CAL2001', web()))).toEqual(['CAL2004']);
    expect(await done(place.at, 'validate -f - --ignore CAL2001,CAL2004', web())).toContain('Successfully');
    await done(place.at, 'validate -f - --ignore CAL2001 --ignore CAL2004', web());
    await done(place.at, 'validate -f - --ignore CAL20', web());
    const { out } = await validate('-f - --ignore CAL20 -o json', web());
    expect(JSON.parse(out)).toMatchObject({ totals: { warnings: 0, suppressed: 2 }, findings: [] });
  });

  test('what is left out does not make the command fail', async () => {
    expect((await validate('-f - --fail-on warning --ignore CAL2001', web())).status).toBe(1);
    await done(place.at, 'validate -f - --fail-on warning --ignore CAL20', web());
  });

  test('an error cannot be ignored, nor a rule that does not exist', async () => {
    const error = await failing(place.at, 'validate -f - --ignore CAL1110', web());
    expect(error.err).toContain(
      'cannot ignore CAL1110: it is a rule whose breach is an error: only warnings can be',
    );
    const unknown = await failing(place.at, 'validate -f - --ignore CAL2O01', web());
    expect(unknown.err).toContain('cannot ignore CAL2O01: it is no rule (did you mean "CAL2001"?)');
    expect(unknown.out).toBe('');
  });

  test('--no-lint leaves the warnings of the rules of Calico', async () => {
    const text = documents(web(), yaml('Tier', 't', {}), yaml('Tier', 't', {}));
    expect(ids(await validate('-f - --no-lint', text))).toEqual(['CAL1800']);
  });

  test('--no-lint leaves out those across resources too', async () => {
    const text = documents(
      yaml('BGPConfiguration', 'default', { serviceClusterIPs: [{ cidr: '10.0.0.0/8' }] }),
      yaml('IPPool', 'p', { cidr: '10.1.0.0/16' }),
    );
    expect(ids(await validate('-f -', text))).toEqual(['CAL2022']);
    await done(place.at, 'validate -f - --no-lint', text);
  });
});

describe('the annotation', () => {
  const annotated = (ignored: string) => web({ annotations: { [ANNOTATION]: ignored } });

  test('leaves out what it names, of its resource only', async () => {
    expect(ids(await validate('-f -', annotated('CAL2001')))).toEqual(['CAL2004']);
    await done(place.at, 'validate -f -', annotated('CAL2001, CAL2004'));
    await done(place.at, 'validate -f -', annotated('all'));
    const other = annotated('all').replace('"name":"web"', '"name":"other"');
    expect(ids(await validate('-f -', documents(other, web())))).toEqual(['CAL2001', 'CAL2004']);
  });

  test('also of rules between resources', async () => {
    const second = yaml('Tier', 't', {}, { annotations: { [ANNOTATION]: 'CAL1800' } });
    await done(place.at, 'validate -f -', documents(yaml('Tier', 't', {}), second));
  });

  test('never of errors', async () => {
    const broken = yaml('Tier', 't', { defaultAction: 'Allow' }, { annotations: { [ANNOTATION]: 'all' } });
    expect(ids(await failing(place.at, 'validate -f -', broken))).toContain('CAL0014');
  });

  test('that names no warning is itself one', async () => {
    const { err } = await validate('-f - --ignore CAL2001,CAL2004', annotated('CAL2O01'));
    expect(err).toContain(
      'names CAL2O01, which is not the id of a warning (did you mean "CAL2001"?) [CAL2011]',
    );
  });
});

describe('.calicoctl-lint.yaml', () => {
  const write = (name: string, text: string) => place.at.write(name, text);
  const run = async (line: string) => ids(await validate(line));

  test('counts for its folder and those below, up to a repository', async () => {
    await write('.calicoctl-lint.yaml', 'ignore: [CAL2001]\n');
    await write('a/b/web.yaml', web());
    expect(await run('-f a/b/web.yaml')).toEqual(['CAL2004']);
    expect(await run('-f a -R')).toEqual(['CAL2004']);
    expect(ids(await validate('-f -', web()))).toEqual(['CAL2004']);
    await write('a/.git/HEAD', '');
    expect(await run('-f a/b/web.yaml')).toEqual(['CAL2001', 'CAL2004']);
  });

  test('the nearest one counts', async () => {
    await write('.calicoctl-lint.yaml', 'ignore: [CAL2001]\n');
    await write('a/.calicoctl-lint.yaml', 'ignore: [CAL2004]\n');
    await write('a/web.yaml', web());
    await write('web.yaml', web());
    expect(await run('-f a/web.yaml')).toEqual(['CAL2001']);
    expect(await run('-f web.yaml')).toEqual(['CAL2004']);
    expect(await run('-f . -R --ignore CAL1800')).toEqual(['CAL2001', 'CAL2004']);
  });

  test('has patterns of files', async () => {
    await write(
      '.calicoctl-lint.yaml',
      'paths:\n- glob: "old/**"\n  ignore: [CAL200]\n- glob: "*.json"\n  ignore: [all]\n',
    );
    for (const name of ['old/x/web.yaml', 'new/web.yaml']) await write(name, web());
    expect(await run('-f old/x/web.yaml')).toEqual([]);
    expect(await run('-f new/web.yaml')).toEqual(['CAL2001', 'CAL2004']);
  });

  test('says what makes the command fail, unless the command line does', async () => {
    await write('.calicoctl-lint.yaml', 'failOn: warning\n');
    await write('web.yaml', web());
    expect((await validate('-f web.yaml')).status).toBe(1);
    expect((await validate('-f web.yaml --fail-on error')).status).toBe(0);
    expect((await validate('-f web.yaml --no-lint')).status).toBe(0);
  });

  test.each([
    ['ignore: [CAL1110]', '1:10', '"CAL1110" is not the id of a warning'],
    ['ignore:\n- CAL2001\n- CAL20O1', '3:3', '(did you mean "CAL2001"?)'],
    ['ignore: CAL2001', '1:9', 'ignore: "CAL2001" is not a list'],
    ['ingore: []', '1:1', 'ingore: is not known here: use ignore, paths, failOn (did you mean "ignore"?)'],
    ['failOn: never', '1:9', 'failOn: "never" is not supported: use error or warning'],
    ['paths:\n- ignore: [all]', '2:3', 'paths[0].glob: is needed'],
    ['[1]', '1:1', 'is not a mapping'],
    ['a: b: c', '1:5', ''],
    ['{}\n---\n{}', '', 'second document'],
  ])('%j is refused at its place', async (text, at, message) => {
    await write('.calicoctl-lint.yaml', `${text}\n`);
    await write('tier.yaml', yaml('Tier', 't', {}));
    const { err, out } = await failing(place.at, 'validate -f tier.yaml');
    expect(err).toContain(`.calicoctl-lint.yaml:${at}`);
    expect(err).toContain(message);
    expect(out).toBe('');
  });

  test('may be empty', async () => {
    await write('.calicoctl-lint.yaml', '# nothing yet\n');
    await write('web.yaml', web());
    expect(await run('-f web.yaml')).toEqual(['CAL2001', 'CAL2004']);
  });
});

describe('patterns of files', () => {
  test.each([
    ['*.yaml', ['a.yaml'], ['b/a.yaml', 'a.yml']],
    ['**/*.yaml', ['a.yaml', 'b/c/a.yaml'], ['a.json']],
    ['old/**', ['old/a', 'old/b/c'], ['old', 'older/a']],
    ['./a?.yaml', ['ab.yaml'], ['a.yaml', 'a/.yaml']],
    ['{dev,test}/*.{yaml,json}', ['dev/a.yaml', 'test/b.json'], ['prod/a.yaml']],
    ['a+b(1).yaml', ['a+b(1).yaml'], ['aab1.yaml']],
  ])('%s', (pattern, inside, outside) => {
    const matches = globTest(pattern);
    expect(inside.filter((path) => !matches(path))).toEqual([]);
    expect(outside.filter((path) => matches(path))).toEqual([]);
  });
});
