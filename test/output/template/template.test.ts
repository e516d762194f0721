import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { renderTemplate } from '../../../src/output/template/template.ts';

interface Document {
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}

const pool = (name: string, cidr: string, spec: object = {}): Document => ({
  kind: 'IPPool',
  metadata: { name, labels: { rack: name } },
  spec: { cidr, ...spec },
});
const one = pool('one', '10.1.0.0/16', { natOutgoing: true, blockSize: 26 });
const two = pool('two', '10.2.0.0/16');

function set(list: boolean, ...items: Document[]) {
  const pages = (async function* () {
    yield { items, version: '7' };
  })();
  return { kind: items[0]!.kind, list, pages, headings: [], cells: () => [] };
}

function render(template: string, ...sets: ReturnType<typeof set>[]): Promise<string> {
  return renderTemplate(template, { sets, asNumber: async () => '64513' });
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof CalicoctlError)) throw error;
  return `${error.errorClass}: ${error.message.slice(0, 40)}`;
}

describe('renderTemplate', () => {
  test('sees a slice of what was fetched, lists having Items', async () => {
    expect(
      await render('{{range .}}{{.Name}} {{.Spec.CIDR}};{{end}}', set(false, one), set(false, two)),
    ).toBe('one 10.1.0.0/16;two 10.2.0.0/16;');
    const nested = '{{range .}}{{.ResourceVersion}}{{range .Items}} {{.Name}}{{end}}{{end}}';
    expect(await render(nested, set(true, one, two))).toBe('7 one two');
    expect(await render('{{range .}}x{{else}}none{{end}}')).toBe('none');
  });

  test('prints absent fields as the zero values of their types', async () => {
    const text =
      '{{range .}}{{.Spec.NATOutgoing}} {{.Spec.BlockSize}} {{.Spec.VXLANMode}}|{{.DeletionTimestamp}}{{end}}';
    expect(await render(text, set(false, two))).toBe('false 0 |<nil>');
  });

  test('joins lists, maps and single values', async () => {
    const join = '{{range .}}{{join .Labels ","}} {{join .Name ","}} {{join .Annotations ","}}|{{end}}';
    expect(await render(join, set(false, one))).toBe('rack=one one |');
    const cut = '{{range .}}{{joinAndTruncate .Labels "," 6}}{{end}}';
    expect(await render(cut, set(false, one))).toBe('rac...');
  });

  test('asks for the AS number only where the template does', async () => {
    expect(await render('{{config "ASNumber"}}')).toBe('64513');
    const asNumber = () => Promise.reject(new Error('not needed'));
    expect(await renderTemplate('{{len .}}', { sets: [], asNumber })).toBe('0');
  });

  test('says where a template does not fit', async () => {
    const error = await render('{{range .}}\n  {{.Foo}}{{end}}', set(false, one)).catch(
      (e: Error) => e.message,
    );
    expect(error).toBe(
      'template: get:2:4: executing "get" at <.Foo>: can\'t evaluate field Foo in type runtime.Object',
    );
    expect(await failure(render('{{range .}}'))).toBe('usage: template: get:1: unexpected EOF');
  });
});

describe('the guard against YAML in values', () => {
  const policy = (note: string): Document => ({
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'p', annotations: { note } },
    spec: {},
  });
  const note = (template: string, value: string) =>
    render(`{{range .}}${template}{{end}}`, set(false, policy(value)));

  test('lets values through that leave the structure alone', async () => {
    expect(await note('{{.Annotations.note}}', 'x # y')).toBe('x # y');
    expect(await note('note: {{.Annotations.note}}', '')).toBe('note: ');
    expect(await note('a: {{.Annotations.note}}', 'fd00::/8')).toBe('a: fd00::/8');
    expect(await note('{{.Name}}: {{.Annotations.note}}', 'true')).toBe('p: true');
  });

  test('refuses values that change it', async () => {
    const refused = 'usage: YAML injection detected: a value of the';
    for (const value of ['a: b', '- x', 'one\ntwo: three', '{a: b}', '[a', '"']) {
      expect(await failure(note('note: {{.Annotations.note}}\nname: {{.Name}}', value))).toStartWith(
        refused.slice(0, 40),
      );
    }
    expect(await failure(note('{{.Annotations.note | printf "%s"}}', 'a: b'))).toStartWith(
      'usage: YAML injection',
    );
    expect(await failure(note('{{$x := .Annotations.note}}{{slice $x 0 4}}', 'a: b'))).toStartWith(
      'usage: YAML injection',
    );
  });

  test('does not blame what the template itself writes', async () => {
    expect(await note('{{printf "%s: %s" .Name .Annotations.note}}', 'x')).toBe('p: x');
    expect(await note('{{if eq .Name "p"}}a: b{{else}}c{{end}}', 'x')).toBe('a: b');
    expect(await note('note: {{printf "%q" .Annotations.note}}', 'a: b')).toBe('note: "a: b"');
    expect(await note('{{StructuralData .Annotations.note}}', 'a: b')).toBe('a: b');
  });

  test('leaves output alone that is not YAML anyway', async () => {
    expect(await note('{ {{.Name}}: x: {{.Annotations.note}}', 'a: b')).toBe('{ p: x: a: b');
    const rows = '{{range .}}{{range .Items}}{{.Name}}: {{.Spec.CIDR}}\n{{end}}{{end}}';
    expect(await render(rows, set(true, one, two))).toBe('one: 10.1.0.0/16\ntwo: 10.2.0.0/16\n');
  });
});
