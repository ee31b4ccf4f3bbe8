/** A run in which all goes well, on everything real: what it leaves behind, for tests to spoil. */
import { randomUUID } from 'node:crypto';
import { Etcd3 } from 'etcd3';
import type { TapeEntry } from '../../simulator/device/tape.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import type { Evidence, Write } from './evidence.ts';
import type { WorkloadChange, Flaw } from './workload.ts';

/** A VPN gateway in VLAN 1025, an Internet gateway in 1026; the VRRP of a VPN gateway in 1027 stays down. */
export function goodRun(): Promise<Evidence> {
  const kinds = ['vpn_gateway', 'internet_gateway', 'vpn_gateway'] as const;
  return witnessed(kinds, async (world, gateways) => {
    for (const { device } of world.routers) device.holdVrrpDown('ae0.1027', true);
    const outcomes = await Promise.all(gateways.map((gateway) => world.create(gateway)));
    const failure = outcomes[2]?.kind === 'failed' ? JSON.stringify(outcomes[2]) : null;
    return { flaws: [null, null, 'vrrp down'], changes: [], operators: [], failures: [null, null, failure] };
  });
}

/** A user of the routers who is not gateway-saga. */
export const OPERATOR = 'alice';

/** What the evidence tells that can't be read from the world. */
export interface Performed {
  readonly flaws: readonly (Flaw | null)[];
  readonly changes: readonly WorkloadChange[];
  /** Statements that an operator committed on both routers, in set form. */
  readonly operators: readonly string[];
  /** By gateway: what its last workflow failed with. */
  readonly failures: readonly (string | null)[];
}

/** Opens a world, lets `perform` act in it, and gathers the evidence. `perform` gets gateways of these kinds, in VLANs from 1025 on. */
export async function witnessed(
  kinds: readonly SampleKind[],
  perform: (world: World, gateways: readonly TestGateway[]) => Promise<Performed>,
): Promise<Evidence> {
  const canary = `canary-${randomUUID()}`;
  const world = await openWorld({ password: canary, operator: OPERATOR });
  try {
    const bases = world.routers.map(({ device }) => device.running());
    const tapes = world.routers.map(({ device }) => {
      const tape: TapeEntry[] = [];
      device.onEvent((entry) => void tape.push(entry));
      return tape;
    });
    const recorder = await recording(world);
    const gateways = kinds.map((kind, number) => world.gateway(kind, number));
    const { flaws, changes, operators, failures } = await perform(world, gateways);
    const writes = await recorder.stop();
    await world.pool.close();
    const ends = world.routers.map(({ device }) => device.inspect());
    return {
      workload: {
        gateways: kinds.map((kind, number) => ({
          kind,
          number,
          pair: ['A', 'B'],
          flaw: flaws[number] ?? null,
        })),
        actions: kinds.map((_, gateway) => ({ at: 0, kind: 'create', gateway })),
        changes,
      },
      writes,
      routers: world.routers.map(({ id, name, username }, index) => ({
        id,
        name,
        ourUser: username,
        base: bases[index] ?? '',
        tape: tapes[index] ?? [],
        end: ends[index] as (typeof ends)[number],
        operators,
      })),
      workflows: gateways.map(({ resourceType, resourceId }, index) => ({
        workflowId: `${resourceType}:${resourceId}`,
        runId: randomUUID(),
        type: 'createGateway',
        status: failures[index] ? 'failed' : 'completed',
        failure: failures[index] ?? null,
      })),
      faults: [],
      canaries: [canary],
      texts: [{ name: 'log', text: 'a worker has started' }],
    };
  } finally {
    await world.close();
  }
}

/** Records all writes to etcd from now on. */
async function recording(world: World): Promise<{ stop(): Promise<readonly Write[]> }> {
  const etcd = new Etcd3({ hosts: [...world.stack.etcd.endpoints] });
  const writes: Write[] = [];
  const watcher = await etcd.watch().prefix('/').create();
  const stopKey = `/stop/${randomUUID()}`;
  const stopped = new Promise<void>((resolve) => {
    watcher.on('data', ({ events }) => {
      for (const { type, kv } of events) {
        const key = kv.key.toString();
        if (key === stopKey) return resolve();
        const value = type === 'Put' ? kv.value.toString() : null;
        writes.push({ revision: Number(kv.mod_revision), key, value, seenAt: Date.now() });
      }
    });
  });
  return {
    async stop() {
      await etcd.put(stopKey).value('');
      await stopped;
      await watcher.cancel();
      etcd.close();
      return writes;
    },
  };
}
