// Where things stand in the checkout.
import { fileURLToPath } from 'node:url';

/** The checkout's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
/** What is downloaded or built for the embedded stack; ignored by git. */
export const tools = `${root}.tools`;
export const nodeModules = `${root}node_modules`;
export const lockfile = `${root}package-lock.json`;

/** Says one line of progress, on standard error so that a program's output stays its own. */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}
