/** How many routing engines a router has, and what a single one answers if it is asked to synchronize. */
import type { SynchronizePolicy } from '../../gateway/policies.ts';
import type { DeviceOptions } from '../../simulator/device/options.ts';
import type { Random } from './random.ts';

export function drawEngines(
  random: Random,
  synchronize: SynchronizePolicy,
): Pick<DeviceOptions, 'routingEngines' | 'synchronizeAlone'> {
  const routingEngines = random.pick([1, 1, 2] as const);
  const synchronizeAlone = random.pick(['warns', 'refuses'] as const);
  // If synchronizing is always asked for, a single engine must not refuse that: such a router would get no gateway at all.
  return { routingEngines, synchronizeAlone: synchronize === 'always' ? 'warns' : synchronizeAlone };
}
