import type { Form } from '../../resources/schema.ts';
import { TIME } from './time.ts';
import {
  BASELINE,
  BOOL,
  FLOAT,
  type GoType,
  type InterfaceType,
  literal,
  type Method,
  STRING,
  type StructField,
  type StructType,
} from './values.ts';

/** Data without a declared type, as Go's JSON decoder types it: all numbers are float64. */
export const ANY: InterfaceType = {
  kind: 'interface',
  name: 'interface {}',
  open(data) {
    if (data === undefined || data === null) return undefined;
    if (Array.isArray(data)) return { type: { kind: 'slice', of: ANY }, data };
    if (typeof data === 'object') return { type: { kind: 'map', of: ANY }, data };
    const type = { string: STRING, boolean: BOOL }[typeof data as string] ?? FLOAT;
    return { type, data };
  },
};

type TextOf = (data: string | number | undefined) => string;

/** A struct that prints as its JSON text and is read by its String method. */
function textual(name: string, text: TextOf, fields: Readonly<Record<string, StructField>> = {}): StructType {
  const show = (data: unknown, shadow: boolean) => {
    const isText = typeof data === 'string' && data !== '';
    return shadow && isText ? BASELINE : text((data ?? undefined) as string | number | undefined);
  };
  const call = (data: unknown) => literal(show(data, false), show(data, true));
  const methods = new Map<string, Method>([['String', { parameters: [], call }]]);
  return { kind: 'struct', name, fields: new Map(Object.entries(fields)), text: show, methods };
}

/** A struct's field. */
export const field = (type: GoType, get: StructField['get']): StructField => ({ type, get });
const asNumber = (data: unknown) => (typeof data === 'number' ? data : 0);
const asText = (data: unknown) => (typeof data === 'string' ? data : '');
const UINT16: GoType = { kind: 'uint', name: 'uint16' };

/** End of a port range "a:b", or the port itself. */
function portBound(data: unknown, end: 0 | 1): number {
  if (typeof data === 'number') return data;
  const range = /^(\d+):(\d+)$/.exec(asText(data));
  return range ? Number(range[end + 1]) : 0;
}

const numberOrText = (name: string) =>
  textual(name, (data = 0) => String(data), {
    NumVal: field({ kind: 'uint', name: 'uint8' }, asNumber),
    StrVal: field(STRING, asText),
  });

const PORT = textual('numorstring.Port', (data = 0) => String(data), {
  MinPort: field(UINT16, (data) => portBound(data, 0)),
  MaxPort: field(UINT16, (data) => portBound(data, 1)),
  PortName: field(STRING, (data) => (/^\d+:\d+$/.test(asText(data)) ? '' : asText(data))),
});

/** The types of Calico's value forms. */
export const FORMS: Readonly<Record<Form, GoType>> = {
  port: PORT,
  protocol: numberOrText('numorstring.Protocol'),
  dscp: numberOrText('numorstring.DSCP'),
  intOrString: textual('intstr.IntOrString', (data = 0) => String(data), {
    IntVal: field({ kind: 'int', name: 'int32' }, asNumber),
    StrVal: field(STRING, asText),
  }),
  asn: { kind: 'uint', name: 'numorstring.ASNumber' },
  duration: textual('v1.Duration', (data = '0s') => String(data)),
  time: TIME,
  uint64: { kind: 'uint', name: 'uint64' },
  int32: { kind: 'int', name: 'int32' },
  uint32: { kind: 'uint', name: 'uint32' },
  uint16: UINT16,
  uint8: { kind: 'uint', name: 'uint8' },
  float: FLOAT,
  any: ANY,
};
