/** A session pool in front of a router that means harm, and what has to hold whatever it does. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetconfError } from '../../netconf/errors.ts';
import { unlock } from '../../netconf/operations.ts';
import { SessionPool, type RouterTarget, type SessionPoolOptions } from '../../netconf/pool.ts';
import type { Session } from '../../netconf/session.ts';

export const target: RouterTarget = {
  id: 'r-1',
  address: '10.79.5.184',
  port: 830,
  username: 'ops',
  password: 'Canary7f3a',
};

export interface Site {
  readonly pool: SessionPool;
  readonly know: (lines: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A pool for a router at a port here. */
export async function poolFor(
  port: number,
  knownHosts: string,
  options: Partial<SessionPoolOptions> = {},
): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  const file = join(folder, 'known_hosts');
  const know = (lines: string) => writeFile(file, lines);
  await know(knownHosts);
  const pool = new SessionPool({
    knownHosts: file,
    connectTo: new Map([['r-1', { host: '127.0.0.1', port }]]),
    connectMs: 10_000,
    requestMs: 10_000,
    ...options,
  });
  return {
    pool,
    know,
    close: async () => {
      await pool.close(500);
      await rm(folder, { recursive: true });
    },
  };
}

export const ask = (session: Session) => session.request(unlock());

type NetconfErrorClass = abstract new (...args: never[]) => NetconfError;

/** Sends a request. Asserts that a typed error of bounded length tells what the router did, and that the session, if there was one, is over. */
export async function assertRefused(
  pool: SessionPool,
  type: NetconfErrorClass,
  message: RegExp,
): Promise<NetconfError> {
  let session: Session | undefined;
  let refusal: NetconfError | undefined;
  await assert.rejects(
    pool.withSession(target, async (leased) => {
      session = leased;
      return ask(leased);
    }),
    (error: unknown) => {
      assert.ok(error instanceof NetconfError && error instanceof type, String(error));
      refusal = error;
      return true;
    },
  );
  assert.ok(refusal !== undefined);
  for (let at: unknown = refusal; at instanceof Error; at = at.cause) {
    assert.ok(at.message.length <= 1_000 && !/\p{Cc}/u.test(at.message), at.message.slice(0, 200));
    assert.ok(!at.message.includes(target.password ?? ''));
  }
  assert.match(refusal.message, message);
  assert.equal(session?.isOpen ?? false, false);
  return refusal;
}

/** The most memory that is in use while `work` goes on, less what was in use before, in bytes. */
export async function memoryOf(work: () => Promise<unknown>): Promise<number> {
  const taken = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = taken();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, taken())), 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, taken()) - before;
}

/** The same piece, `count` times. */
export function* times(count: number, piece: string | Buffer): Generator<Buffer> {
  const bytes = Buffer.from(piece as string);
  for (let left = count; left > 0; left -= 1) yield bytes;
}
