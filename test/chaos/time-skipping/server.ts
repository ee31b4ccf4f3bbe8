/** A fresh Temporal test server that skips time. Each run has its own. */
import { Client, Connection } from '@temporalio/client';
import { InternalConnectionOptionsSymbol } from '@temporalio/client/lib/connection.js';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { startChild, untilReady } from '../../../local/child.ts';
import { accepts, freePort } from '../../../local/ports.ts';
import { programOf } from '../../../local/programs.ts';

const READY_MS = 30_000;
/** The longest single skip, in ms. It is short enough that nothing is missed, and that no workflow's time limit is skipped over. */
const STEP_MS = 1_000;

export interface TimeSkippingServer {
  readonly address: string;
  readonly client: Client;
  /** What its clock shows, in ms since the epoch. */
  now(): Promise<number>;
  /** Whether it skips time, step by step, while nothing runs. At first it does not. */
  skips(does: boolean): Promise<void>;
  /**
   * Sometimes no time is skipped although neither a workflow's task nor an activity is open: the tasks and activities of a workflow that ended before
   * them block the skipping for ever. This call removes one such block. It must not be used while anything is open, because whatever is open would
   * then be refused at its end, half done.
   */
  forgets(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(log: string): Promise<TimeSkippingServer> {
  const port = await freePort();
  const child = await startChild({
    name: 'temporal-test-server',
    program: await programOf('temporal-test-server'),
    args: [String(port), '--enable-time-skipping'],
    log,
    graceMs: 100,
  });
  await untilReady(child, READY_MS, () => accepts(port));
  const address = `127.0.0.1:${port}`;
  const options = {
    address,
    // No retries, not even of calls that were under way when the server ended.
    interceptors: [],
    [InternalConnectionOptionsSymbol]: { supportsTestService: true },
  };
  const connection = await Connection.connect(options);
  const { testService } = connection;
  if (testService === undefined) throw new TypeError('expected a test service, got none');
  await testService.lockTimeSkipping({});
  const skip = async (signal: AbortSignal): Promise<void> => {
    // Locked again at the end of each step by the server itself.
    while (!signal.aborted) await testService.unlockTimeSkippingWithSleep({ duration: msToTs(STEP_MS) });
  };
  let skipping: { readonly end: AbortController; readonly ended: Promise<void> } | undefined;
  const skips = async (does: boolean): Promise<void> => {
    if (does === (skipping !== undefined)) return;
    const end = new AbortController();
    const was = skipping;
    skipping = does ? { end, ended: skip(end.signal) } : undefined;
    // An error is reported to the caller that ends the server.
    skipping?.ended.catch(() => undefined);
    was?.end.abort();
    await was?.ended;
  };
  return {
    address,
    client: new Client({ connection }),
    async now() {
      const { time } = await testService.getCurrentTime({});
      if (!time) throw new TypeError("expected the server's time, got none");
      return tsToMs(time);
    },
    skips,
    async forgets() {
      await testService.unlockTimeSkipping({});
    },
    async stop() {
      try {
        await skips(false);
      } finally {
        await connection.close();
        await child.stop();
      }
    },
  };
}
