/** Finds creations that were terminated before their `/state` was written, and that no pair will publish, as indices of the workload's gateways. */
import { KEYS } from '../../etcd/keys.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { isLeftToPair } from '../chaos/informed-pairs.ts';
import type { PairRun } from '../chaos/informed-pairs.ts';
import type { Stage } from './stage.ts';

export function unfinished(
  { gateways, etcd }: Pick<Stage, 'gateways' | 'etcd'>,
  isTerminated: (workflowId: string) => boolean,
  pairs: readonly PairRun[],
): readonly number[] {
  return gateways.flatMap(({ test, workflowId }, index) => {
    const { gateway: planned, run } = read(etcd.value(KEYS.plan(test)));
    const isLeft =
      planned !== undefined &&
      (planned.version !== toldOf(etcd, test) || isAnotherAttempt(etcd, test)) &&
      isTerminated(workflowId) &&
      !isLeftToPair(pairs, run ?? '');
    return isLeft ? [index] : [];
  });
}

/** Indices of the gateways that others wait for and whose workflows don't run: nobody has asked for these gateways, or their workflows were terminated. */
export function awaited(
  { gateways, etcd }: Pick<Stage, 'gateways' | 'etcd'>,
  isRunning: (workflowId: string) => boolean,
): readonly number[] {
  return [...gateways.keys()].filter((index) => {
    const { test, workflowId } = gateways[index] as Stage['gateways'][number];
    const waits = ({ test: other }: Stage['gateways'][number]) =>
      etcd.value(KEYS.waiting(test, other)) !== undefined;
    return !isRunning(workflowId) && gateways.some(waits);
  });
}

/** Starts a gateway again, as an operator does: writes the gateway's record first, in case it was removed. */
export function startAgain(world: Stage, index: number): void {
  const test = world.gateways[index]?.test;
  if (test === undefined) return;
  const { key, value } = recordOf(test.gateway);
  if (world.etcd.value(key) === undefined) world.etcd.put(key, value);
  world.create(index, isAnotherAttempt(world.etcd, test) ? { again: true } : {});
}

function toldOf(etcd: Stage['etcd'], test: TestGateway): number | undefined {
  return read(etcd.value(KEYS.state(test))).version;
}

/** Whether the plan record of the gateway is of another attempt at the version that has failed by `/state`. */
function isAnotherAttempt(etcd: Stage['etcd'], test: TestGateway): boolean {
  const [state] = etcd.range({ key: Buffer.from(KEYS.state(test)) }).kvs;
  const { replaces } = read(etcd.value(KEYS.plan(test)));
  return replaces !== undefined && replaces === state?.mod_revision;
}

interface Fields {
  readonly gateway?: { readonly version: number };
  readonly replaces?: string;
  readonly run?: string;
  readonly version?: number;
}

function read(record = '{}'): Fields {
  return JSON.parse(record) as Fields;
}
