import { spawn, spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/** A client program that is not part of this repository, and its Debian package. */
export interface IndependentClient {
  readonly package: string;
  /** A command that succeeds if the client is installed. */
  readonly probe: readonly [string, ...string[]];
}

/** Skips tests whose client is not installed, and says so. In CI, which has to install it, they fail instead. */
export function need(context: Context, ...clients: readonly IndependentClient[]): void {
  for (const { package: name, probe } of clients) {
    const [command, ...args] = probe;
    if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) continue;
    const reason = `needs the Debian package ${name}: "${probe.join(' ')}" failed`;
    if (process.env['CI']) throw new Error(reason);
    console.log(`      skipped: ${reason}`);
    context.skip();
  }
}

export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...options.env } });
    const chunks = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (chunks.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (chunks.stderr += text));
    // A program that has ended does not read its input, and writing to it fails.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...chunks }));
  });
}
