/** Prints how many milliseconds so many evaluations of selectors take: `bun scripts/bench/selectors.ts 1000000`. */
import { matchesSelector, parseSelector, type Selector } from '../../src/resources/selector/index.ts';

const EXPRESSIONS = [
  "app == 'service-1' && environment in {'production', 'staging'}",
  "has(team) || !has(owner) && zone starts with 'eu-'",
  'all()',
  "role == 'frontend'",
  "tier not in {'web', 'batch'} && owner != 'nobody' && !(zone contains 'test' || zone ends with '-old')",
];

const selectors = EXPRESSIONS.map((text): Selector => {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.selector;
});
const endpoints = Array.from({ length: 1000 }, (_, i) => ({
  app: `service-${i % 500}`,
  environment: i % 3 === 0 ? 'production' : 'development',
  role: i % 2 === 0 ? 'frontend' : 'backend',
  zone: `eu-${i % 4}`,
  ...(i % 5 === 0 ? { tier: 'web' } : {}),
}));

const evaluations = Number(process.argv[2]);
let matching = 0;
const start = performance.now();
for (let i = 0; i < evaluations; i++)
  if (matchesSelector(selectors[i % selectors.length]!, endpoints[i % endpoints.length]!)) matching++;
const took = performance.now() - start;
// Neither nothing nor everything matches, or it was not these selectors that were measured.
if (matching === 0 || matching === evaluations) throw new Error(`${matching} of ${evaluations} match`);
console.log(took.toFixed(1));
