/** Creations that were terminated before `/state` told of them, as numbers of the workload's gateways. */
import { KEYS } from '../../../etcd/keys.ts';
import { recordOf } from '../../world/records.ts';
import type { World } from './world.ts';

export function unfinished({ gateways, temporal, etcd }: World): readonly number[] {
  return gateways.flatMap(({ test, workflowId }, index) => {
    const run = temporal.executions.findLast(({ start }) => start.workflowId === workflowId);
    const { gateway: planned } = read(etcd.value(KEYS.plan(test)));
    const { version: told } = read(etcd.value(KEYS.state(test)));
    const isLeft = run?.status === 'terminated' && planned !== undefined && planned.version !== told;
    return isLeft ? [index] : [];
  });
}

/** As a person does it: with its record, should that be gone. */
export function startAgain(world: World, index: number): void {
  const test = world.gateways[index]?.test;
  if (test === undefined) return;
  const { key, value } = recordOf(test.gateway);
  if (world.etcd.value(key) === undefined) world.etcd.put(key, value);
  world.create(index);
}

function read(record = '{}'): { readonly gateway?: { readonly version: number }; readonly version?: number } {
  return JSON.parse(record) as ReturnType<typeof read>;
}
