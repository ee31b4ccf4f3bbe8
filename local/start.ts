/**
 * `npm start`: the main job on an embedded stack. Everything is real but the routers, and those speak NETCONF over SSH.
 * Stays up with a terminal as standard input or `--keep`; ends with 0 only if both gateways were created.
 */
import { parseArgs } from 'node:util';
import { GatewayClient } from '../client/index.ts';
import { openStore } from '../etcd/store.ts';
import { processIo } from '../command/io.ts';
import { followAll } from './demo/follow-all.ts';
import { printReport } from './demo/report.ts';
import { publishTemplates, writeRecords } from './load-samples.ts';
import { SAMPLE_GATEWAYS, SAMPLE_PAIRS, sampleGateways, sampleNeighbours } from './samples.ts';
import { startStack } from './stack.ts';
import type { Stack } from './stack.ts';
import { startWorker } from './worker-process.ts';

/** Like a small real router, so that there is something to watch, in milliseconds. */
const DELAYS = { check: 300, commit: 1_500, vrrpSettle: 800 };

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const staysUp = values.keep || process.stdin.isTTY;
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
});
const say = (text: string) => process.stdout.write(`${text}\n`);

process.exitCode = await run();

async function run(): Promise<number> {
  const started = Date.now();
  say('Starting etcd, Temporal with its Web UI, and four routers …');
  const stack = await startStack({
    ports: 'usual',
    pairs: SAMPLE_PAIRS,
    routers: { options: { delays: DELAYS } },
  });
  try {
    const outcome = await Promise.race([show(stack, started), interrupted]);
    if (outcome === 'interrupted') return 130;
    if (staysUp) {
      say('\nEverything stays up until you press Ctrl-C.');
      await interrupted;
    }
    return outcome ? 0 : 1;
  } finally {
    say('Ending what was started …');
    await stack.stop();
  }
}

/** The main job; whether both gateways were created. */
async function show(stack: Stack, started: number): Promise<boolean> {
  await startWorker(stack);
  await stack.publish();
  const { endpoints } = stack.etcd;
  await writeRecords(endpoints, [...sampleNeighbours(), ...sampleGateways()]);
  const store = openStore({ endpoints });
  const templates = await publishTemplates(store);
  store.close();
  say(`etcd      ${endpoints.join(', ')}`);
  say(`Temporal  ${stack.temporal.address}`);
  say(`Web UI    ${stack.temporal.ui}`);
  say(`Routers   ${stack.routers.map(({ name, port }) => `${name} on port ${port}`).join(', ')}`);
  say(
    `Ready after ${((Date.now() - started) / 1000).toFixed(1)} s. Published templates: ${templates.join(', ')}.\n`,
  );
  say('Creating both sample gateways at once:\n');

  const client = await GatewayClient.connect({ address: stack.temporal.address, env: {} });
  try {
    const runs = await Promise.all(SAMPLE_GATEWAYS.map((gateway) => client.create(gateway)));
    await followAll(runs, processIo());
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    await printReport(stack, outcomes, staysUp, say);
    return outcomes.every(({ kind }) => kind === 'created');
  } finally {
    await client.close();
  }
}
