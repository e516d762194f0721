import { CalicoctlError, isError } from '../../core/errors.ts';

/** What to do where the socket may not be opened. */
export const NOT_READABLE =
  'Run the command as root (sudo), or as a member of the group the socket belongs to; from elsewhere, ' +
  '`calicoctl node status --all`, or `kubectl exec -n calico-system NAME-OF-THE-CALICO-NODE-POD -c calico-node -- birdcl show protocols`.';

/** What it means that there is none. */
export const NO_SOCKET =
  'BIRD does not run here (Calico can do without it, e.g. with VXLAN), or it runs in a container that does not share its ' +
  'socket with this machine. `--bird-socket PATH` names another place.';

/** What to do about a BIRD that told nothing. */
export function adviceFor({ errorClass, details }: CalicoctlError): string | undefined {
  if (errorClass === 'unauthorized') return details.hint ?? NOT_READABLE;
  return details.hint ?? (errorClass === 'not-found' ? NO_SOCKET : undefined);
}

/** One error about all the places where BIRD was looked for. */
export function unreachable(failures: readonly CalicoctlError[]): CalicoctlError {
  const [only] = failures;
  const denied = failures.some((error) => isError(error, 'unauthorized'));
  const absent = failures.every((error) => isError(error, 'not-found'));
  const hint = denied ? NOT_READABLE : absent ? NO_SOCKET : only?.details.hint;
  return new CalicoctlError(
    denied ? 'unauthorized' : 'unavailable',
    failures.map(({ message }) => message).join('; '),
    hint === undefined ? {} : { hint },
  );
}
