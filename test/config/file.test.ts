import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { failure, fromText, HEADER } from './fixture.ts';

async function refusal(text: string): Promise<string> {
  const { errorClass, text: message } = await failure(() => fromText(text));
  expect(errorClass).toBe('configuration');
  return message;
}

describe('what a configuration file is refused for', () => {
  test.each([
    ['', 'the configuration file a.cfg is empty'],
    ['# only a comment\n---\n', 'the configuration file a.cfg is empty'],
    ['- a\n', 'the configuration file a.cfg does not hold a mapping of names to values'],
    [
      'apiVersion: v1\nkind: Foo\n',
      'the configuration file a.cfg cannot be used:\n' +
        '  a.cfg:1:1: apiVersion: is "v1" but must be projectcalico.org/v3\n' +
        '  a.cfg:2:1: kind: is "Foo" but must be CalicoAPIConfig',
    ],
    [
      'kind: CalicoAPIConfig\n',
      'a.cfg:1:1: apiVersion: is missing or empty; it must be projectcalico.org/v3',
    ],
    [`${HEADER}spec: [a]\n`, 'a.cfg:3:7: spec: must be a mapping of names to values'],
    [`${HEADER}spec: {a: [}\n`, 'a.cfg:3:12: not valid YAML or JSON: '],
    [
      `${HEADER}spec:\n  etcdEndpoint: x\n`,
      'a.cfg:4:3: spec.etcdEndpoint: is not known; did you mean spec.etcdEndpoints?',
    ],
    [
      `${HEADER}spec: {ETCD_PASSWORD: x}`,
      'a.cfg:3:8: spec.ETCD_PASSWORD: is not known; did you mean spec.etcdPassword?',
    ],
    [`${HEADER}spec: {frobnicate: x}`, 'a.cfg:3:8: spec.frobnicate: is not known'],
    [
      `${HEADER}etcdEndpoints: x`,
      'a.cfg:3:1: etcdEndpoints: is not known here; did you mean spec.etcdEndpoints?',
    ],
    [`${HEADER}metadata: {nam: x}`, 'a.cfg:3:12: metadata.nam: is not known; did you mean metadata.name?'],
    [`${HEADER}Kind: CalicoAPIConfig`, 'a.cfg:3:1: kind: is given twice; first at a.cfg:2:1'],
    [
      `${HEADER}spec:\n  kubeconfig: a\n  kubeconfig: b`,
      'a.cfg:5:3: spec.kubeconfig: is given twice; first at a.cfg:4:3',
    ],
    [`${HEADER}spec: {kubeconfig: [a]}`, 'a.cfg:3:8: spec.kubeconfig: must be text, not a list'],
    [
      `${HEADER}spec: {usePodCIDR: "true"}`,
      'a.cfg:3:8: spec.usePodCIDR: is "true" but must be true or false, and without quotes',
    ],
    [`${HEADER}spec: {usePodCIDR: 1}`, 'a.cfg:3:8: spec.usePodCIDR: is "1" but must be true or false'],
    [
      `${HEADER}spec: {k8sClientBurst: "5"}`,
      'a.cfg:3:8: spec.k8sClientBurst: is "5" but must be a plain integer, and without quotes',
    ],
    [
      `${HEADER}spec: {k8sClientBurst: 1.5}`,
      'a.cfg:3:8: spec.k8sClientBurst: is "1.5" but must be a plain integer',
    ],
    [
      `${HEADER}spec: {k8sClientQPS: .inf}`,
      'a.cfg:3:8: spec.k8sClientQPS: is ".inf" but must be a plain number',
    ],
    [`${HEADER}spec: {? [a] : b}`, 'a.cfg:3:10: a key must be text'],
  ])('%j', async (text, message) => {
    expect(await refusal(text)).toStartWith(message);
  });

  test('several faults come in the order of the file', async () => {
    const text = await refusal(`${HEADER}spec:\n  k8sClientBurst: x\n  foo: 1\nbar: 2\n`);
    expect(
      text
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(['a.cfg:4:3:', 'a.cfg:5:3:', 'a.cfg:6:1:']);
  });

  test.each([
    'etcdPassword: *sEcReT',
    'etcdPassword: !sEcReT x',
    'etcdPassword: !a{sEcReT} x',
    'etcdPassword: "sEcReT',
    'etcdPassword: @sEcReT',
    'etcdPassword: [sEcReT]',
    'etcdPassword: {sEcReT: x}',
    'etcdKey: |\nsEcReT',
  ])('no error repeats %j', async (line) => {
    expect(await refusal(`${HEADER}spec:\n  ${line}\n`)).not.toContain('sEcReT');
  });

  test('a value stuck to its key is not repeated', async () => {
    expect(await refusal(`${HEADER}spec: {etcdPassword:sEcReT}`)).toBe(
      'a.cfg:3:8: spec["etcdPassword..."]: is not known; is the blank after etcdPassword: missing?',
    );
  });

  test('any text is taken or refused, and never breaks us', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'{}[]:,-&*!|>"\'\n\t #?%a1') }), async (tail) => {
        await fromText(HEADER + tail).catch((error: Error) => expect(error.name).toBe('CalicoctlError'));
      }),
      { numRuns: 200 },
    );
  });
});

describe('what a configuration file may look like', () => {
  async function value(line: string, field: string) {
    return (await fromText(`${HEADER}spec:\n  ${line}\n`)).settings.get(field as never)?.value as unknown;
  }

  test.each([
    ['etcdPassword: 0123', '0123'],
    ['etcdPassword: 1e3', '1e3'],
    ['etcdPassword: yes', 'yes'],
    ['etcdPassword: "a\\tb"', 'a\tb'],
    ["etcdPassword: 'it''s'", "it's"],
    ['etcdPassword: |-\n    two\n    lines', 'two\nlines'],
    ['etcdPassword: !!str 12', '12'],
    ['etcdPassword: ""', ''],
    ['etcdPassword: ~', undefined],
    ['etcdPassword:', undefined],
    ['{etcdUsername: &x same, etcdPassword: *x}', 'same'],
  ])('text is what stands there: %j', async (line, expected) => {
    expect(await value(line, 'etcdPassword')).toBe(expected);
  });

  test.each([
    ['usePodCIDR: yes', 'usePodCIDR', true],
    ['usePodCIDR: Off', 'usePodCIDR', false],
    ['k8sClientBurst: 0x10', 'k8sClientBurst', 16],
    ['k8sClientBurst: 7.0', 'k8sClientBurst', 7],
    ['k8sClientQPS: 5', 'k8sClientQPS', 5],
    ['k8sClientQPS: 1e2', 'k8sClientQPS', 100],
    ['k8sClientBurst: null', 'k8sClientBurst', 100],
  ])('%s', async (line, field, expected) => {
    expect(await value(line, field)).toBe(expected);
  });

  test('a byte order mark, Windows line ends, a start of document and metadata do no harm', async () => {
    const text = `\uFEFF---\r\n${HEADER.replaceAll('\n', '\r\n')}metadata: {name: x, labels: {a: b}}\r\nspec: {fileDir: x}\r\n`;
    expect((await fromText(text)).file.directory).toEndWith('/x');
  });

  test('a second document is not read, and said to be so', async () => {
    const config = await fromText(`${HEADER}spec: {fileDir: x}\n---\nfoo: bar\n`);
    expect(config.notes).toEqual(['a.cfg holds several documents; only the first one is read.']);
    expect((await fromText(`${HEADER}---\n`)).notes).toEqual([]);
  });
});
