/**
 * `npm start`: creates both sample gateways on an embedded stack, and with `--family` their children (`start-options.ts`). Only the routers are
 * simulated; they speak NETCONF over SSH.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayClient, type ChangeOutcome, type GatewayRun } from '../client/index.ts';
import { processIo } from '../command/io.ts';
import { openStore } from '../etcd/store.ts';
import { ChildError, lastWords, type ChildProgram } from './child.ts';
import { followAll } from './demo/follow-all.ts';
import { introduction, kindsLines } from './demo/introduction.ts';
import { kindsBeside, OwnKindsError } from './demo/own-kinds.ts';
import { printReport } from './demo/report.ts';
import { tellingOf } from './environment.ts';
import { publishKinds, writeRecords } from './load-samples.ts';
import { PortError } from './ports.ts';
import { NotSetUpError, programOf } from './programs.ts';
import { publishShell } from './publication.ts';
import {
  SAMPLE_CHILDREN,
  SAMPLE_GATEWAYS,
  SAMPLE_PAIRS,
  SAMPLE_PEERS,
  connectedGateway,
  sampleFamilies,
  sampleGateways,
  sampleNeighbours,
} from './samples.ts';
import { startOptions } from './start-options.ts';
import { startStack } from './stack.ts';
import type { Stack } from './stack.ts';
import { startWorker } from './worker-process.ts';

/** Delays of the simulated routers, in milliseconds: as long as those of a small real router, so that a person can watch the steps. */
const DELAYS = { check: 300, commit: 1_500, vrrpSettle: 800 };
/** How long `show` may take to end after it was aborted, in milliseconds. */
const LEAVE_MS = 2_000;

const values = startOptions();
const staysUp = values.keep || process.stdin.isTTY;
const interrupted = new Promise<'interrupted'>((resolve) => {
  const interrupt = () => resolve('interrupted');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // Nobody reads: the terminal was closed, or the program behind a pipe has ended.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
});
let tellDeath: (child: ChildProgram) => void;
/** The first program of the stack that ends, for whatever reason. */
const died = new Promise<ChildProgram>((resolve) => (tellDeath = resolve));
const say = (text: string) => process.stdout.write(`${text}\n`);

process.exitCode = await run().catch((error: unknown) => {
  if (!isExpected(error)) throw error;
  process.stderr.write(`npm start: ${error.message}\n`);
  return 1;
});

async function run(): Promise<number> {
  const started = Date.now();
  say('Starting etcd, Temporal with its Web UI, and four routers …\n');
  const starting = new AbortController();
  void interrupted.then(() => starting.abort());
  const stack = await startStack({
    ports: 'usual',
    pairs: SAMPLE_PAIRS,
    routers: { options: { delays: DELAYS, peers: SAMPLE_PEERS } },
    signal: starting.signal,
  }).catch((error: unknown) => {
    if (starting.signal.aborted) return undefined;
    throw error;
  });
  if (stack === undefined) return 130;
  const over = new AbortController();
  try {
    watch(stack.etcd.child);
    watch(stack.temporal.child);
    const job = show(stack, started, over.signal);
    const first = await Promise.race([job, interrupted, died]);
    if (typeof first !== 'boolean') {
      // `show` must not draw over the lines that follow.
      over.abort();
      await Promise.race([job.catch(() => undefined), sleep(LEAVE_MS, undefined, { ref: false })]);
      return first === 'interrupted' ? 130 : await mourn(first);
    }
    if (staysUp) {
      say('\nEverything stays up until you press Ctrl-C.');
      const end = await Promise.race([interrupted, died]);
      if (end !== 'interrupted') return await mourn(end);
    }
    return first ? 0 : 1;
  } finally {
    say('Ending what was started …');
    await stack.stop();
  }
}

function watch(child: ChildProgram): void {
  void child.exited.then(() => tellDeath(child));
}

async function mourn(child: ChildProgram): Promise<number> {
  process.stderr.write(`\nnpm start: ${await lastWords(child)}\n\n`);
  return 1;
}

/** Starts a worker, creates both gateways, with `--family` also their children, and reports, until `over` is aborted. Resolves to whether all were created. */
async function show(stack: Stack, started: number, over: AbortSignal): Promise<boolean> {
  const templates = values.templates && (await kindsBeside(values.templates, stack.run.folder));
  const deployment = values.deployment && { deployment: { name: values.deployment } };
  const env = tellingOf(process.env);
  watch(await startWorker(stack, { watch: true, env, ...(templates && { templates }), ...deployment }));
  await stack.publish();
  await publishShell(stack.run.folder, stack.environment, await programOf('temporal'));
  for (const line of introduction(stack)) say(line);
  const { endpoints } = stack.etcd;
  await writeRecords(endpoints, [...sampleNeighbours(), ...sampleGateways()]);
  const store = openStore({ endpoints });
  const published = await publishKinds(store, templates);
  store.close();
  for (const line of kindsLines(published)) say(line);
  say(`Ready after ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  say('Creating both sample gateways at once:\n');

  const client = await GatewayClient.connect({ address: stack.temporal.address, env: {} });
  const leave = () => void client.close();
  over.addEventListener('abort', leave);
  try {
    const outcomes = await followed(SAMPLE_GATEWAYS.map((gateway) => client.create(gateway)));
    const gateways = outcomes.every(({ kind }) => kind === 'created');
    if (!values.family || !gateways) {
      await printReport(stack, { resources: SAMPLE_GATEWAYS, outcomes, staysUp, say });
      return gateways;
    }
    say('\nCreating what lies in them, all at once. Each waits for what it needs:\n');
    await writeRecords(endpoints, [...sampleFamilies(), connectedGateway()]);
    const further = await followed(SAMPLE_CHILDREN.map((child) => client.apply(child)));
    await printReport(stack, {
      resources: [...SAMPLE_GATEWAYS, ...SAMPLE_CHILDREN],
      outcomes: [...outcomes, ...further],
      staysUp,
      say,
    });
    return further.every(({ kind }) => kind === 'created');
  } finally {
    over.removeEventListener('abort', leave);
    if (!over.aborted) await client.close();
  }
}

async function followed<O extends ChangeOutcome>(asked: readonly Promise<GatewayRun<O>>[]): Promise<O[]> {
  const runs = await Promise.all(asked);
  await followAll(runs, processIo());
  return Promise.all(runs.map((run) => run.result()));
}

/** Whether the error says that this machine can't run the stack, or that somebody's kinds are wrong. Any other error is a defect of ours. */
function isExpected(error: unknown): error is Error {
  return [ChildError, PortError, NotSetUpError, OwnKindsError].some((type) => error instanceof type);
}
