import { type GoValue, INT64, int, literal, type Method, type StructType } from './values.ts';

/** Go's zero time, for resources that carry none. */
const ZERO = '0001-01-01T00:00:00Z';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

function dateOf(data: unknown): Date {
  const text = typeof data === 'string' && data !== '' ? data : ZERO;
  return new Date(text);
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** Digits of a second's fraction; the data, not Date, has them all. */
function fraction(data: unknown): string {
  return (
    /\.(\d+)/
      .exec(typeof data === 'string' ? data : '')?.[1]
      ?.padEnd(9, '0')
      .slice(0, 9) ?? '000000000'
  );
}

/** What each piece of a Go layout stands for; longer pieces come first. */
const PIECES: readonly (readonly [piece: string, text: (date: Date) => string])[] = [
  ['January', (d) => MONTHS[d.getUTCMonth()]!],
  ['Monday', (d) => DAYS[d.getUTCDay()]!],
  ['Z07:00', () => 'Z'],
  ['-07:00', () => '+00:00'],
  ['Z0700', () => 'Z'],
  ['-0700', () => '+0000'],
  ['2006', (d) => pad(d.getUTCFullYear(), 4)],
  ['Jan', (d) => MONTHS[d.getUTCMonth()]!.slice(0, 3)],
  ['Mon', (d) => DAYS[d.getUTCDay()]!.slice(0, 3)],
  ['MST', () => 'UTC'],
  ['-07', () => '+00'],
  ['01', (d) => pad(d.getUTCMonth() + 1)],
  ['02', (d) => pad(d.getUTCDate())],
  ['03', (d) => pad(d.getUTCHours() % 12 || 12)],
  ['04', (d) => pad(d.getUTCMinutes())],
  ['05', (d) => pad(d.getUTCSeconds())],
  ['06', (d) => pad(d.getUTCFullYear() % 100)],
  ['15', (d) => pad(d.getUTCHours())],
  ['PM', (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['pm', (d) => (d.getUTCHours() < 12 ? 'am' : 'pm')],
  ['_2', (d) => String(d.getUTCDate()).padStart(2, ' ')],
  ['1', (d) => String(d.getUTCMonth() + 1)],
  ['2', (d) => String(d.getUTCDate())],
  ['3', (d) => String(d.getUTCHours() % 12 || 12)],
  ['4', (d) => String(d.getUTCMinutes())],
  ['5', (d) => String(d.getUTCSeconds())],
];

const PIECE = new RegExp(`[.,](0+|9+)(?!\\d)|${PIECES.map(([piece]) => piece).join('|')}`, 'g');
const TEXT_OF = new Map(PIECES);

/** The time in one of Go's layouts, in UTC. */
export function formatTime(data: unknown, layout: string): string {
  const date = dateOf(data);
  return layout.replace(PIECE, (piece: string, digits: string | undefined) => {
    if (digits === undefined) return TEXT_OF.get(piece)!(date);
    const cut = fraction(data).slice(0, digits.length);
    const shown = digits.startsWith('9') ? cut.replace(/0+$/, '') : cut;
    return shown === '' ? '' : piece[0] + shown;
  });
}

function timeText(data: unknown): string {
  return formatTime(data, '2006-01-02 15:04:05.999999999 -0700 MST');
}

function getter(read: (date: Date) => GoValue): Method {
  return { parameters: [], call: (data) => read(dateOf(data)) };
}

/** A whole number that prints as its name. */
function named(name: string, names: readonly string[], first: number, value: number): GoValue {
  return { type: { kind: 'int', name, text: (data) => names[(data as number) - first]! }, data: value };
}

/** Not by Date.UTC, which takes the years 0 to 99 for 1900 to 1999. */
const startOfYear = (date: Date) => new Date(0).setUTCFullYear(date.getUTCFullYear(), 0, 1);
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

/** metav1.Time, always in UTC, with those of its methods that need no other time. */
export const TIME: StructType = {
  kind: 'struct',
  name: 'v1.Time',
  fields: new Map(),
  text: timeText,
  methods: new Map<string, Method>([
    ['Year', getter((d) => int(d.getUTCFullYear()))],
    ['Month', getter((d) => named('time.Month', MONTHS, 1, d.getUTCMonth() + 1))],
    ['Day', getter((d) => int(d.getUTCDate()))],
    ['Hour', getter((d) => int(d.getUTCHours()))],
    ['Minute', getter((d) => int(d.getUTCMinutes()))],
    ['Second', getter((d) => int(d.getUTCSeconds()))],
    ['Weekday', getter((d) => named('time.Weekday', DAYS, 0, d.getUTCDay()))],
    ['YearDay', getter((d) => int(Math.floor((d.getTime() - startOfYear(d)) / 86_400_000) + 1))],
    ['Unix', getter((d) => ({ type: INT64, data: seconds(d) }))],
    ['UnixMilli', getter((d) => ({ type: INT64, data: d.getTime() }))],
    [
      'IsZero',
      {
        parameters: [],
        call: (data) => ({
          type: { kind: 'bool', name: 'bool' },
          data: dateOf(data).getTime() === dateOf(ZERO).getTime(),
        }),
      },
    ],
    ['UTC', { parameters: [], call: (data) => ({ type: TIME, data }) }],
    ['String', { parameters: [], call: (data) => literal(timeText(data)) }],
    [
      'Format',
      { parameters: ['string'], call: (data, [layout]) => literal(formatTime(data, String(layout!.data))) },
    ],
  ]),
};
