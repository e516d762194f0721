import { describe, expect, test } from 'bun:test';
import { redactObject, redactText } from '../../src/bundle/redact.ts';
import { garden } from './garden.ts';
import { lost, mixed, secretTexts, USEFUL } from './plants.ts';

/** The same plants, looked at by redaction alone: what fails here is quickly understood. */

const LOG = 'as lines of a log';

const WRAPPED: Readonly<Record<string, (text: string) => string>> = {
  'as they are': (text) => text,
  [LOG]: (text) => text.replace(/^/gm, '2026-11-22T00:00:01Z stdout F '),
  'as a text in JSON': (text) => JSON.stringify({ level: 'info', msg: text }),
  'as a text in JSON in JSON': (text) => JSON.stringify({ log: JSON.stringify({ msg: text }) }),
  'as a value of a log': (text) => `level=info text=${JSON.stringify(text)} done`,
};

describe.each(Object.entries(WRAPPED))('secrets %s', (how, wrap) => {
  test('go', () => {
    const plot = garden();
    // YAML whose every line begins with a time is none any more (docs/node.md).
    const texts = secretTexts(plot).filter((text) => how !== LOG || !/^(?:apiVersion|env):/.test(text));
    const shown = texts.map((text) => redactText(`${wrap(text)}\n`));
    expect(shown.filter((text) => plot.found(text).length > 0)).toEqual([]);
  });

  test('leave what is of use', () => {
    const shown = USEFUL.map((line) => redactText(wrap(line)));
    expect(shown).toEqual(USEFUL.map(wrap));
  });
});

test('line by line, and as an object', () => {
  const plot = garden();
  const text = redactText(mixed(plot));
  expect(plot.found(text)).toEqual([]);
  expect(lost(text)).toEqual([]);
  const { message } = redactObject({ message: mixed(plot) }) as { readonly message: string };
  expect(plot.found(message)).toEqual([]);
  expect(lost(message)).toEqual([]);
});
