/** Memory and CPU time of the worker's process while gateways wait for VRRP. */
import type { Client } from '@temporalio/client';
import type { GatewayRun } from '../client/index.ts';
import { usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';

const RUNS = 1;
/** One pair for each gateway. Of two gateways on one pair, one could have to wait for the other. */
const PAIRS = 50;
const GATEWAYS = 50;
const NEVER_MS = 15 * 60_000;
const WATCHED_MS = 10_000;

export async function measureMemory(runs = RUNS): Promise<Row[]> {
  const idle: number[] = [];
  const waiting: number[] = [];
  const each: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const taken = await withScene(
      {
        pairs: PAIRS,
        devices: {
          primary: { delays: { vrrpSettle: NEVER_MS } },
          secondary: { delays: { vrrpSettle: NEVER_MS } },
        },
      },
      waitForVrrp,
    );
    idle.push(taken.idle);
    waiting.push(taken.waiting);
    each.push((taken.waiting - taken.idle) / GATEWAYS);
    cpu.push(taken.cpu);
  }
  const many = `${GATEWAYS} gateways waiting for VRRP`;
  return [
    ratioRow({
      what: `worker's memory, ${many}`,
      unit: 'MB',
      baseline: 'the same worker before',
      values: { measured: waiting, baseline: idle },
    }),
    plainRow("worker's memory for each of them", 'MB', each),
    plainRow(`worker, ${many}`, '% of a core', cpu),
  ];
}

async function waitForVrrp(scene: Scene) {
  const { pid } = scene.worker;
  const gateways = [];
  for (let number = 0; number < GATEWAYS; number += 1)
    gateways.push(await scene.gateway('vpn_gateway', number % PAIRS));
  const idle = (await usageOf(pid)).residentMb;
  const runs = await Promise.all(gateways.map((gateway) => scene.start(gateway)));
  await allPolling(scene.temporal, runs);
  const before = await usageOf(pid);
  await sleep(WATCHED_MS);
  const after = await usageOf(pid);
  return {
    idle,
    waiting: after.residentMb,
    cpu: ((after.cpuMs - before.cpuMs) / WATCHED_MS) * 100,
  };
}

async function allPolling({ workflow }: Client, runs: readonly GatewayRun[]): Promise<void> {
  for (const { workflowId } of runs) {
    for (;;) {
      const { status, raw } = await workflow.getHandle(workflowId).describe();
      if (status.name !== 'RUNNING')
        throw new Error(`${workflowId}: expected it to wait for VRRP, got ${status.name}`);
      const polls = raw.pendingActivities?.filter(({ activityType }) => activityType?.name === 'poll') ?? [];
      if (polls.length === 2) break;
      await sleep(250);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
