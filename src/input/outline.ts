/** Follows JSON text piece by piece without parsing it: where a value ends, how many pairs it has, how deep it goes. */
export interface Outline {
  /** False once something turned up that JSON does not have; the text may still be YAML. */
  json: boolean;
  depth: number;
  deepest: number;
  pairs: number;
  closed: boolean;
  inString: boolean;
  escaped: boolean;
  previous: number;
}

const [TAB, LF, CR, SPACE, QUOTE, HASH, APOSTROPHE, COMMA, COLON] = [9, 10, 13, 32, 34, 35, 39, 44, 58];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 92, 93, 123, 125];

export function newOutline(): Outline {
  return {
    json: true,
    depth: 0,
    deepest: 0,
    pairs: 0,
    closed: false,
    inString: false,
    escaped: false,
    previous: SPACE!,
  };
}

/** Reads on from `from`; returns the offset at which a second value begins, or -1 where the text ends before. */
export function follow(outline: Outline, text: string, from: number): number {
  for (let at = from; at < text.length && outline.json; at++) {
    const code = text.charCodeAt(at);
    if (outline.inString) {
      stepInString(outline, code);
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (outline.closed) return at;
      outline.deepest = Math.max(outline.deepest, ++outline.depth);
      outline.previous = code;
    } else if (code !== SPACE && code !== LF && code !== CR && code !== TAB) {
      step(outline, code);
    } else {
      outline.previous = code;
    }
  }
  return -1;
}

function stepInString(outline: Outline, code: number): void {
  if (outline.escaped) outline.escaped = false;
  else if (code === BACKSLASH) outline.escaped = true;
  else if (code === QUOTE) {
    outline.inString = false;
    outline.previous = code;
  }
}

function step(outline: Outline, code: number): void {
  if (outline.closed || code === HASH || code === APOSTROPHE) outline.json = false;
  else if (code === COLON) outline.pairs++;
  else if (code === CLOSE_OBJECT || code === CLOSE_LIST) outline.closed = --outline.depth === 0;
  else if (code === QUOTE) {
    // A quotation mark inside a plain YAML scalar (`5"`) opens no string.
    outline.json = mayPrecedeString(outline.previous);
    outline.inString = true;
  }
  outline.previous = code;
}

function mayPrecedeString(code: number): boolean {
  return (
    code === COMMA ||
    code === COLON ||
    code === SPACE ||
    code === OPEN_OBJECT ||
    code === OPEN_LIST ||
    code === LF ||
    code === CR ||
    code === TAB
  );
}
