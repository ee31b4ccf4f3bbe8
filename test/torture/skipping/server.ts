/** A Temporal test server that skips time, with nothing in it: one for each run. */
import { Client, Connection } from '@temporalio/client';
import { InternalConnectionOptionsSymbol } from '@temporalio/client/lib/connection.js';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { startChild, untilReady } from '../../../local/child.ts';
import { accepts, freePort } from '../../../local/ports.ts';
import { programOf } from '../../../local/programs.ts';

const READY_MS = 30_000;

export interface SkippingServer {
  readonly address: string;
  readonly client: Client;
  /** What its clock shows, in ms since the epoch. */
  now(): Promise<number>;
  /** Whether it skips time when nothing runs. At first it does not. */
  skips(does: boolean): Promise<void>;
  /**
   * Nothing runs, and no activity is open. The server doesn't skip all the same once a workflow has ended before its activities: it
   * forgets that they keep it from skipping. One of them no longer does.
   */
  forgets(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(log: string): Promise<SkippingServer> {
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
  const options = { address, [InternalConnectionOptionsSymbol]: { supportsTestService: true } };
  const connection = await Connection.connect(options);
  const { testService } = connection;
  if (testService === undefined) throw new TypeError('expected a test service, got none');
  await testService.lockTimeSkipping({});
  let isSkipping = false;
  return {
    address,
    client: new Client({ connection }),
    async now() {
      const { time } = await testService.getCurrentTime({});
      if (!time) throw new TypeError("expected the server's time, got none");
      return tsToMs(time);
    },
    async skips(does) {
      if (does === isSkipping) return;
      isSkipping = does;
      // It counts: one for one.
      await (does ? testService.unlockTimeSkipping({}) : testService.lockTimeSkipping({}));
    },
    async forgets() {
      // Refused when there was none.
      await testService.unlockTimeSkipping({}).catch(() => undefined);
    },
    async stop() {
      await connection.close();
      await child.stop();
    },
  };
}
