import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';

/** A fresh checkout in a temporary folder, with only the files that set-up needs. */
export interface Checkout {
  readonly folder: string;
  setup(args?: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<SetupResult>;
  remove(): Promise<void>;
}

export interface SetupResult {
  readonly code: number;
  /** What set-up printed to standard output and standard error. */
  readonly output: string;
  readonly ms: number;
}

/** `linked`: node_modules is a link to this checkout's. `none`: there are no dependencies. */
export async function freshCheckout(dependencies: 'none' | 'linked'): Promise<Checkout> {
  const folder = await realpath(await mkdtemp(`${tmpdir()}/gateway-saga-checkout-`));
  for (const name of ['local', 'package.json', 'package-lock.json', '.npmrc']) {
    await cp(`${ROOT}${name}`, `${folder}/${name}`, { recursive: true });
  }
  if (dependencies === 'linked') await symlink(`${ROOT}node_modules`, `${folder}/node_modules`);
  return {
    folder,
    setup: async (args = [], env = {}) => {
      const from = performance.now();
      const options = { cwd: folder, env: { ...process.env, ...env } };
      const ended = await promisify(execFile)(process.execPath, ['local/setup.mjs', ...args], options).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        (error: { code: number; stdout: string; stderr: string }) => ({
          code: error.code,
          output: error.stdout + error.stderr,
        }),
      );
      return { ...ended, ms: performance.now() - from };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
