/** An element of XML without namespaces; texts are joined. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const NAME = '[A-Za-z_][\\w.-]*';
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const LEGAL = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

/** Reads a document of XML 1.0 as strictly as the standard asks, of what a report may use; throws where it is not one. */
export function parseXml(document: string): Element {
  if (!LEGAL.test(document)) throw new Error('a character that XML cannot have');
  const head = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(document);
  if (head === null) throw new Error('no XML declaration');
  // A reader takes every line end for \n before anything else.
  const reader = { text: document.slice(head[0].length).replace(/\r\n?/g, '\n'), at: 0 };
  const root = element(reader);
  if (reader.text.slice(reader.at).trim() !== '') throw new Error('text behind the root element');
  return root;
}

interface Reader {
  readonly text: string;
  at: number;
}

function take(reader: Reader, pattern: string): RegExpExecArray | null {
  const match = new RegExp(pattern, 'uy');
  match.lastIndex = reader.at;
  const found = match.exec(reader.text);
  if (found) reader.at = match.lastIndex;
  return found;
}

function need(reader: Reader, pattern: string): RegExpExecArray {
  const found = take(reader, pattern);
  if (found) return found;
  throw new Error(`${pattern} is missing at ${JSON.stringify(reader.text.slice(reader.at, reader.at + 40))}`);
}

function element(reader: Reader): Element {
  const name = need(reader, `<(${NAME})`)[1]!;
  const attributes: Record<string, string> = {};
  for (let one = attribute(reader); one !== null; one = attribute(reader)) {
    if (one[1]! in attributes) throw new Error(`attribute ${one[1]} is given twice`);
    attributes[one[1]!] = decoded(one[2]!.replace(/[\t\n]/g, ' '));
  }
  if (take(reader, '\\s*/>')) return { name, attributes, children: [], text: '' };
  need(reader, '\\s*>');
  const children: Element[] = [];
  let text = '';
  for (;;) {
    text += decoded(take(reader, '[^<]*')![0]);
    if (take(reader, `</${name}\\s*>`)) return { name, attributes, children, text };
    children.push(element(reader));
  }
}

function attribute(reader: Reader): RegExpExecArray | null {
  return take(reader, `\\s+(${NAME})\\s*=\\s*"([^"<]*)"`);
}

function decoded(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> in text');
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) throw new Error('& that begins nothing');
    const number = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
    const character = number
      ? String.fromCodePoint(number[1] ? Number.parseInt(number[1], 16) : Number(number[2]))
      : ENTITIES[name];
    if (character === undefined || !LEGAL.test(character)) throw new Error(`&${name}; stands for nothing`);
    return character;
  });
}
