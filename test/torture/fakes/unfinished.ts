/** Creations that were terminated before `/state` told of them, as numbers of the workload's gateways. */
import { KEYS } from '../../../etcd/keys.ts';
import { recordOf } from '../../world/records.ts';
import type { Stage } from './stage.ts';

export function unfinished(
  { gateways, etcd }: Pick<Stage, 'gateways' | 'etcd'>,
  isTerminated: (workflowId: string) => boolean,
): readonly number[] {
  return gateways.flatMap(({ test, workflowId }, index) => {
    const { gateway: planned } = read(etcd.value(KEYS.plan(test)));
    const { version: told } = read(etcd.value(KEYS.state(test)));
    const isLeft = isTerminated(workflowId) && planned !== undefined && planned.version !== told;
    return isLeft ? [index] : [];
  });
}

/** As a person does it: with its record, should that be gone. */
export function startAgain(world: Stage, index: number): void {
  const test = world.gateways[index]?.test;
  if (test === undefined) return;
  const { key, value } = recordOf(test.gateway);
  if (world.etcd.value(key) === undefined) world.etcd.put(key, value);
  world.create(index);
}

function read(record = '{}'): { readonly gateway?: { readonly version: number }; readonly version?: number } {
  return JSON.parse(record) as ReturnType<typeof read>;
}
