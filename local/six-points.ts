/**
 * The six points at which a creation shows in etcd: configuration, jobs, stack, progress (twice), state. They are read after the creation. Values
 * that were overwritten come from etcd's revision history.
 */
import { EtcdClient } from '../etcd/client.ts';
import { KEYS } from '../etcd/keys.ts';
import type { GatewayRef } from '../gateway/resource.ts';

export interface Point {
  readonly point: 1 | 2 | 3 | 4 | 5 | 6;
  readonly key: string;
  readonly value: unknown;
}

/** The points that the creation has reached: all six, unless it failed. */
export async function sixPoints(endpoints: readonly string[], gateway: GatewayRef): Promise<Point[]> {
  const client = new EtcdClient({ endpoints });
  try {
    const [{ value: plan }] = await client.read('plan', [KEYS.plan(gateway)]);
    const jobs =
      plan === undefined
        ? []
        : Object.values((JSON.parse(plan.toString()) as { jobs: Record<string, string> }).jobs);
    const [config, heatJob, monitoringJob, stack, state] = await Promise.all([
      history(client, KEYS.gatewayConfig(gateway)),
      ...[0, 1].map((index) => (jobs[index] === undefined ? [] : history(client, KEYS.job(jobs[index])))),
      history(client, KEYS.stack(gateway)),
      history(client, KEYS.state(gateway)),
    ]);
    const jobState = distinct(await history(client, KEYS.jobState(gateway)));
    const last = (point: Point['point'], key: string, values: readonly unknown[] | undefined): Point[] =>
      values === undefined || values.length === 0 ? [] : [{ point, key, value: values.at(-1) }];
    return [
      ...last(1, KEYS.gatewayConfig(gateway), config),
      ...last(2, KEYS.job(jobs[0] ?? ''), heatJob),
      ...last(2, KEYS.job(jobs[1] ?? ''), monitoringJob),
      ...last(3, KEYS.stack(gateway), stack),
      ...last(4, KEYS.jobState(gateway), jobState.slice(1, 2)),
      ...last(5, KEYS.jobState(gateway), jobState.slice(2, 3)),
      ...last(6, KEYS.state(gateway), state),
    ];
  } finally {
    client.close();
  }
}

/** All values that a key has had, oldest first. */
export async function history(client: EtcdClient, key: string): Promise<unknown[]> {
  const values: unknown[] = [];
  let [entry] = await client.read('history', [key]);
  while (entry.value !== undefined) {
    values.unshift(JSON.parse(entry.value.toString()));
    const before = BigInt(entry.modRevision) - 1n;
    if (before <= 0n) break;
    [entry] = await client.read('history', [key], before.toString());
  }
  return values;
}

/** Drops repeated values. The lease for the retention is attached by a write of the same value. */
function distinct(values: readonly unknown[]): unknown[] {
  return values.filter((value, index) => JSON.stringify(value) !== JSON.stringify(values[index - 1]));
}
