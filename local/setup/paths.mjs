// Paths in the checkout.
import { fileURLToPath } from 'node:url';

/** The checkout's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Folder for what is downloaded or built for the embedded stack. Git ignores it. */
export const tools = `${root}.tools`;
export const nodeModules = `${root}node_modules`;
export const lockfile = `${root}package-lock.json`;

/** Prints one line of progress to standard error, which keeps it out of a program's own output. */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}
