import type { Shape } from '../resources/jsonschema.ts';
import { DSCP_NAMES } from '../resources/net/dscp.ts';
import { requiredFields } from '../resources/required.ts';
import { annotationOf, type Form, type Schema } from '../resources/schema.ts';

/** Values that a field may have, the likeliest first; those of documentation addresses and of names that say nothing. */

const V4 = '192.0.2.10';
const V6 = '2001:db8::10';

const OF_FORMAT: Readonly<Record<string, readonly string[]>> = {
  cidr: ['10.0.0.0/16', '2001:db8::/64', '10.0.0.0/32'],
  cidrOrIp: ['10.0.0.0/16', '2001:db8::/64'],
  cidrv4: [`${V4}/24`],
  cidrv6: [`${V6}/64`],
  net: ['10.0.0.0/16', '2001:db8::/64', V4],
  ip: [V4, V6],
  ipv4: [V4],
  ipv6: [V6],
  ipPort: [V4, V6],
  reachableBy: [V4, V6],
  interface: ['eth0'],
  ignoredInterface: ['eth0'],
  bgpFilterInterface: ['eth0'],
  ifaceFilter: ['eth0'],
  prometheusHost: ['localhost'],
  keyValueList: ['A=true'],
  regexp: ['^eth[0-9]+$'],
  selector: ["app == 'web'", 'all()'],
  mac: ['66:ef:2f:50:9d:a0'],
  wireguardPublicKey: [`${'A'.repeat(43)}=`],
  containerID: ['4f2e'],
  portName: ['http'],
  name: ['web'],
};

/** For fields whose patterns no other word matches. */
const WORDS: readonly string[] = [
  'web',
  'example',
  '64512:100',
  'Auto',
  '20s',
  'A=true',
  '100/minute',
  '/path',
  V4,
  '10.0.0.0/16',
  '10.0.0.0/24',
  'Enabled',
  'tcp',
  'host:web',
  'Info',
];

const OF_FORM: Readonly<Record<Form, readonly unknown[]>> = {
  any: [true, 1],
  asn: [64512],
  dscp: Object.keys(DSCP_NAMES).slice(1, 2),
  duration: ['90s', '0s'],
  float: [100],
  int32: [1, 64, 0],
  intOrString: [80, 'http'],
  port: [80, 'http'],
  protocol: ['TCP', 'ICMP', 'ICMPv6'],
  time: ['2026-01-31T12:00:00Z'],
  uint8: [1, 0],
  uint16: [80, 1, 0],
  uint32: [1, 0],
  uint64: [1],
};

/** Fields that take any text, but where most texts would do harm when they are copied, by how their names end. */
const OF_NAME: readonly (readonly [name: RegExp, value: unknown])[] = [
  [/[aA]ddress(es)?$|routerID$|^gateway$|[mM]etadataAddr$/, V4],
  [/^net$|^cidr$|^podCIDRs$|^destination$/, '10.0.0.0/16'],
  [/^except$/, '10.0.1.0/24'],
  [/^protocol$/, 'TCP'],
  [/^action$/, 'Allow'],
  [/^policyTypes$/, 'Ingress'],
  [/^operator$/, 'Exists'],
  [/^methods$/, 'GET'],
  [/^orchestrator$/, 'k8s'],
  [/^interface$/, 'eth0'],
  [/^interfacePrefix$/, 'cali'],
  [/^node(Name)?$/, 'worker-1'],
  [/Host$/, 'localhost'],
  [/File$/, '/etc/calico/example.pem'],
  [/Path(Prefix)?$/, '/var/run/example'],
  [/Server$/, 'goldmane.calico-system.svc:7443'],
  [/[vV]ersion$/, 'v3.32.0'],
  [/Filter$/, 'tcp port 8080'],
  [/Time$|^since$/, '2026-01-31T12:00:00Z'],
];

/** The likeliest first: what is assumed where a field is not given, then what its name says, then what its type takes. */
export function samplesOf(schema: Schema, name = ''): readonly unknown[] {
  const { type, items, enum: words, format, pattern } = schema as Shape;
  const assumed = assumedOf(schema);
  const plain = type === 'string' && words === undefined && format === undefined && pattern === undefined;
  const named = plain ? OF_NAME.filter(([end]) => end.test(name)).map(([, value]) => value) : [];
  const found = items === undefined ? ofType(schema) : listSamples(items, name, (schema as Shape).minItems);
  return [...new Set([...assumed, ...named, ...found])];
}

/** The value that components assume, read from the words for it: a number, a word, or a list of ports. */
function assumedOf(schema: Schema): readonly unknown[] {
  const { type, items, enum: words } = schema as Shape;
  const { assumed = '' } = annotationOf(schema);
  if (type === 'integer') return /^[1-9]\d*$/.test(assumed) ? [Number(assumed)] : [];
  if (items !== undefined && /^\w+:\d+(, \w+:\d+)*$/.test(assumed))
    return [
      assumed.split(', ').map((port) => {
        const [protocol, number] = port.split(':');
        return { protocol, port: Number(number) };
      }),
    ];
  const isWord = type === 'string' && words === undefined && !/^(empty|unset|0)$/.test(assumed);
  return isWord && /^\S+$/.test(assumed) ? [assumed] : [];
}

function ofType(schema: Schema): readonly unknown[] {
  const shape = schema as Shape;
  const { form } = annotationOf(schema);
  const { minimum, maximum } = shape;
  if (shape.enum !== undefined) return shape.enum;
  if (form !== undefined) {
    const inRange = (value: unknown) =>
      typeof value !== 'number' || (value >= (minimum ?? value) && value <= (maximum ?? value));
    return [...OF_FORM[form].filter(inRange), ...[minimum, maximum].filter((end) => end !== undefined)];
  }
  if (shape.properties !== undefined) return objectSamples(schema, shape.properties);
  if (shape.patternProperties !== undefined)
    return samplesOf(Object.values(shape.patternProperties)[0]!).map((value) => ({ example: value }));
  return scalarSamples(shape);
}

function scalarSamples({ type, format, pattern, minimum, maximum }: Shape): readonly unknown[] {
  if (type === 'boolean') return [true, false];
  if (type !== 'string')
    return [...new Set([minimum ?? 1, 1, 24, 1500, maximum].filter((n) => n !== undefined))];
  if (pattern === undefined) return OF_FORMAT[format ?? ''] ?? WORDS;
  const expression = new RegExp(pattern, 'u');
  const words = [...WORDS, ...(/^\^\(\[/.test(pattern) ? wordsOfAnyCase(pattern) : [])];
  return words.filter((word) => expression.test(word));
}

/** The words of a pattern that takes them in any letter case: `([Aa][Uu]…|…)`. */
function wordsOfAnyCase(pattern: string): readonly string[] {
  return [...pattern.matchAll(/(?:\[[A-Z][a-z]\])+/g)].map(([word]) => {
    const [first = '', ...rest] = [...word.matchAll(/\[([A-Z])([a-z])\]/g)].map(([, , lower]) => lower!);
    return first.toUpperCase() + rest.join('');
  });
}

/** What is required, or else one of the fields; then one more; in the end all of them. */
function objectSamples(schema: Schema, properties: Readonly<Record<string, Schema>>): readonly unknown[] {
  const required = wantedFields(schema);
  const first = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, samplesOf(properties[name]!, name)[0]]));
  const base = first(required);
  const one = Object.entries(properties)
    .filter(([name]) => !required.includes(name))
    .flatMap(([name, field]) => samplesOf(field, name).map((value) => ({ ...base, [name]: value })));
  const all = first(Object.keys(properties));
  return required.length > 0 ? [base, ...one, all] : [...one, base, all];
}

/** What has to be given, and what definitions require although its zero value passes: a port without a number says nothing. */
export function wantedFields(schema: Schema): readonly string[] {
  return [...new Set([...requiredFields(schema), ...((schema as Shape).required ?? [])])];
}

function listSamples(items: Schema, name: string, least = 1): readonly unknown[] {
  const found = samplesOf(items, name);
  const count = Math.max(1, least);
  return found.map((value, index) => [value, ...found.filter((_, other) => other !== index)].slice(0, count));
}
