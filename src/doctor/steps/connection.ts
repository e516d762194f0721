import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Certificate, Probe } from '../network/probe.ts';
import type { Tried } from '../network/tried.ts';
import { type Finding, ok, skipped, type Todo, wrong } from '../step.ts';
import type { Answer, Surroundings } from '../surroundings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A certificate that ends sooner is told. */
const SOON_DAYS = 30;
const ABOUT_CERTIFICATES = /certificate|\bTLS\b|self.signed|\bCA\b/i;
const VIEW = 'calicoctl config view --origins';

type Layer = 'name' | 'port' | 'tls';

const WHAT: Readonly<Record<Layer, string>> = {
  name: 'Correct the name, or see whether the name server of this machine knows it.',
  port: 'Check that the server runs, that the port is right, and that no firewall is between.',
  tls: 'Check that the port speaks TLS (or is http:// meant?).',
};

/** What came of one layer of one server. */
interface Reached {
  readonly probe: Probe;
  readonly tried: Tried<unknown>;
}

/** A way that is closed is explained by what the first request says, if that says anything soon. */
const PATIENCE_MS = 10_000;

async function soon({ answer }: Surroundings): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A layer of all servers: it fails where no server is reached by it, and none answers in another way. */
async function judged(
  around: Surroundings,
  layer: Layer,
  good: (reached: Reached) => string,
): Promise<Finding | undefined> {
  if ((await around.settings()).type === 'file') return undefined;
  const probes = await around.probes();
  if (probes.length === 0) return skipped('the servers are found by SRV records');
  const all = await Promise.all(probes.map(async (each) => ({ probe: each, tried: await each[layer] })));
  const seen = all.flatMap(({ probe, tried }) => (tried === undefined ? [] : [{ probe, tried }]));
  if (seen.length === 0) return undefined;
  const bad = seen.flatMap(({ probe: { server }, tried }) =>
    'error' in tried ? [`${server}: ${tried.error}`] : [],
  );
  const lines = seen.filter(({ tried }) => 'value' in tried).map(good);
  if (bad.length === 0) return ok(lines[0]!, lines.slice(1));
  const answer = await soon(around);
  const answers = answer !== undefined && answer.error === undefined;
  if (lines.length === 0 && answers)
    return skipped(`not by this way, and yet there are answers (through a proxy?): ${bad.join('; ')}`);
  const urgency = answers || lines.length > 0 ? 'warning' : 'critical';
  return wrong(urgency, bad.join('; '), hintOf(answer) ?? WHAT[layer], { command: VIEW, details: lines });
}

function hintOf(answer: Answer | undefined): string | undefined {
  return answer?.error instanceof CalicoctlError ? answer.error.details.hint : undefined;
}

const took = ({ took: milliseconds }: Tried<unknown>) => `${Math.round(milliseconds)} ms`;

export function name(around: Surroundings): Promise<Finding | undefined> {
  return judged(around, 'name', ({ probe: { host, isName }, tried }) => {
    const addresses = (tried as { readonly value: readonly string[] }).value;
    return isName ? `${host} is ${addresses.join(', ')} (${took(tried)})` : `${host} is an address`;
  });
}

export function port(around: Surroundings): Promise<Finding | undefined> {
  return judged(
    around,
    'port',
    ({ probe: { server }, tried }) => `${server} takes connections (${took(tried)})`,
  );
}

export async function tls(around: Surroundings): Promise<Finding | undefined> {
  const judgement = await judged(around, 'tls', ({ tried }) =>
    certificateText((tried as { readonly value: Certificate }).value),
  );
  if (judgement === undefined || judgement.outcome === 'skipped') return judgement;
  const seen = await Promise.all(
    (await around.probes()).map(async ({ server, tls: layer }) => ({ server, tried: await layer })),
  );
  const certificates = seen.flatMap(({ server, tried }) =>
    tried !== undefined && 'value' in tried ? [{ server, certificate: tried.value }] : [],
  );
  const answer = await soon(around);
  const error = answer?.error;
  if (error !== undefined && ABOUT_CERTIFICATES.test(error.message) && !isError(error, 'unauthorized'))
    return wrong('critical', error.message, hintOf(answer) ?? 'Give the right CA or certificate.', {
      command: VIEW,
      details: certificates.map(({ server, certificate }) => `${server}: ${certificateText(certificate)}`),
    });
  const ending = certificates.flatMap(({ server, certificate }) => endingSoon(server, certificate));
  if (ending.length === 0 || judgement.outcome === 'error') return judgement;
  return { ...judgement, outcome: 'warning', todo: [...(judgement.todo ?? []), ...ending] };
}

function certificateText({ subject, issuer, from, to, protocol }: Certificate): string {
  const version = protocol === '' ? '' : `${protocol}, `;
  return `${version}certificate of ${subject || 'nobody'}, from ${issuer || 'nobody'}, valid ${dayOf(from)} to ${dayOf(to)}`;
}

function dayOf(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? 'unknown' : new Date(time).toISOString().slice(0, 10);
}

function endingSoon(server: string, { to }: Certificate): readonly Todo[] {
  const days = Math.floor((Date.parse(to) - Date.now()) / DAY_MS);
  if (Number.isNaN(days) || days > SOON_DAYS) return [];
  const problem =
    days < 0
      ? `the certificate of ${server} has expired on ${dayOf(to)}`
      : `the certificate of ${server} expires in ${days} days, on ${dayOf(to)}`;
  return [
    { urgency: days < 3 ? 'error' : 'warning', problem, what: 'Renew it before clients are turned away.' },
  ];
}

/** Whether there is one at all; who is refused was answered. */
export async function answer(around: Surroundings): Promise<Finding> {
  const { type, directory } = await around.settings();
  const found = await around.answer();
  const { error, says } = found;
  if (error !== undefined && !isError(error, 'unauthorized', 'not-supported', 'not-found'))
    return wrong('critical', error.message, hintOf(found) ?? 'See the steps before.', { command: VIEW });
  if (type === 'file') return ok(`${directory} answers`);
  return ok(`${says ?? 'the datastore answers'} (${found.took} ms)`);
}

export async function login(around: Surroundings): Promise<Finding | undefined> {
  const { type } = await around.settings();
  if (type === 'file') return ok('none is needed');
  const found = await around.answer();
  if (isError(found.error, 'unauthorized'))
    return wrong(
      'critical',
      found.error.message,
      hintOf(found) ?? 'Give credentials that the server knows.',
      {
        command: VIEW,
      },
    );
  return ok('the server takes our credentials');
}
