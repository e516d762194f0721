import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Certificate, Probe, Tried } from '../network/probe.ts';
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

interface Layered {
  readonly layer: Layer;
  readonly probes: readonly Probe[];
  readonly answer: Answer;
}

/** A layer of all servers: it fails where no server is reached by it, and none answers in another way. */
function judged({ layer, probes, answer }: Layered, good: (probe: Probe) => string): Finding {
  const bad = probes.flatMap((probe) => {
    const tried = probe[layer] as Tried<unknown> | undefined;
    return tried !== undefined && 'error' in tried ? [`${probe.server}: ${tried.error}`] : [];
  });
  const reached = probes.filter((probe) => {
    const tried = probe[layer];
    return tried !== undefined && 'value' in tried;
  });
  const lines = reached.map(good);
  if (bad.length === 0) return lines.length === 0 ? skipped('nothing to try') : ok(lines[0]!, lines.slice(1));
  const answers = answer.error === undefined;
  if (reached.length === 0 && answers)
    return skipped(`not by this way, and yet there are answers (through a proxy?): ${bad.join('; ')}`);
  const urgency = answers ? 'warning' : 'critical';
  return wrong(urgency, bad.join('; '), hintOf(answer) ?? WHAT[layer], {
    command: VIEW,
    details: answers ? lines : [],
  });
}

function hintOf({ error }: Answer): string | undefined {
  return error instanceof CalicoctlError ? error.details.hint : undefined;
}

const took = (tried: { readonly took: number }) => `${Math.round(tried.took)} ms`;

async function layered(around: Surroundings, layer: Layer): Promise<Layered | undefined> {
  const { type } = await around.settings();
  if (type === 'file') return undefined;
  const [probes, answer] = await Promise.all([around.probes(), around.answer()]);
  return { layer, probes, answer };
}

export async function name(around: Surroundings): Promise<Finding | undefined> {
  const found = await layered(around, 'name');
  if (found?.probes.length === 0) return skipped('the servers are found by SRV records');
  return (
    found &&
    judged(found, ({ host, isName, name: tried }) =>
      isName && 'value' in tried
        ? `${host} is ${tried.value.join(', ')} (${took(tried)})`
        : `${host} is an address`,
    )
  );
}

export async function port(around: Surroundings): Promise<Finding | undefined> {
  const found = await layered(around, 'port');
  return found && judged(found, ({ server, port: tried }) => `${server} takes connections (${took(tried!)})`);
}

export async function tls(around: Surroundings): Promise<Finding | undefined> {
  const found = await layered(around, 'tls');
  if (found === undefined || !found.probes.some(({ secure }) => secure)) return undefined;
  const { probes, answer } = found;
  const certificates = probes.flatMap(({ server, tls: tried }) =>
    tried !== undefined && 'value' in tried ? [{ server, certificate: tried.value }] : [],
  );
  const details = certificates.map(({ server, certificate }) => `${server}: ${certificateText(certificate)}`);
  const { error } = answer;
  if (error !== undefined && ABOUT_CERTIFICATES.test(error.message) && !isError(error, 'unauthorized'))
    return wrong('critical', error.message, hintOf(answer) ?? 'Give the right CA or certificate.', {
      command: VIEW,
      details,
    });
  const judgement = judged(found, ({ tls: tried }) =>
    'value' in tried! ? certificateText(tried.value) : '',
  );
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
