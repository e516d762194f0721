// Where the Chromium is that pages are looked at with, and how to get it onto a machine that has none.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The path of a Chromium: $CHROMIUM, then PATH, then the Debian package, which is installed. */
export function chromiumBinary(env = process.env) {
  const found = foundIn(env);
  if (found !== undefined) return found;
  installDebianPackage();
  const installed = foundIn(env);
  if (installed === undefined) throw new Error(`the package chromium has put no ${NAMES[0]} on the PATH`);
  return installed;
}

function foundIn(env) {
  const paths = (env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [env.CHROMIUM, ...paths].filter(Boolean).find(existsSync);
}

/** Not unpacked as etcd is: Chromium needs some forty libraries, each a package of its own. */
function installDebianPackage() {
  const isRoot = process.getuid?.() === 0;
  const run = (...words) => {
    const [program, ...args] = isRoot ? words : ['sudo', '-n', ...words];
    execFileSync(program, args, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  const install = () => run('apt-get', 'install', '-qq', '-y', '--no-install-recommends', 'chromium');
  try {
    try {
      install();
    } catch {
      run('apt-get', 'update', '-qq');
      install();
    }
  } catch (error) {
    const how =
      'put chromium on the PATH, set CHROMIUM to its path, or run the tests as one who may install packages';
    throw new Error(
      `there is no Chromium, and its Debian package cannot be installed (${error.message}); ${how}`,
    );
  }
}
