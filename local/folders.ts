import { fileURLToPath } from 'node:url';

/** The checkout's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Files that runs leave behind or publish; ignored by git. */
export const LOCAL = `${ROOT}.local`;
/** One folder for each run that has not ended: its owner, its programs, its data. */
export const RUNS = `${LOCAL}/run`;
export const LOGS = `${LOCAL}/logs`;
export const STACK_FILE = `${LOCAL}/stack.json`;
/** The variables of a running stack, for a shell: `. .local/env`. */
export const SHELL_FILE = `${LOCAL}/env`;
/** The published routers' host keys, as `stack.json` names them: relative to the checkout. */
export const KNOWN_HOSTS = '.local/known_hosts';
