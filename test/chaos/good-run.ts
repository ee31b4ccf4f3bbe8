/** A run in which all goes well, on everything real: what it leaves behind, for tests to spoil. */
import { randomUUID } from 'node:crypto';
import { Etcd3 } from 'etcd3';
import type { TapeEntry } from '../../simulator/device/tape.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import type { Evidence, Write } from './evidence.ts';

/** A VPN gateway in VLAN 1025, an Internet gateway in 1026; the VRRP of a VPN gateway in 1027 stays down. */
export async function goodRun(): Promise<Evidence> {
  const canary = `canary-${randomUUID()}`;
  const world = await openWorld({ password: canary });
  try {
    const bases = world.routers.map(({ device }) => device.running());
    const tapes = world.routers.map(({ device }) => {
      const tape: TapeEntry[] = [];
      device.onEvent((entry) => void tape.push(entry));
      return tape;
    });
    const recorder = await recording(world);
    const [vpn, internet, flawed] = [
      world.gateway('vpn_gateway', 0),
      world.gateway('internet_gateway', 1),
      world.gateway('vpn_gateway', 2),
    ];
    for (const { device } of world.routers) device.holdVrrpDown('ae0.1027', true);
    const outcomes = await Promise.all([vpn, internet, flawed].map((gateway) => world.create(gateway)));
    const writes = await recorder.stop();
    await world.pool.close();
    const ends = world.routers.map(({ device }) => device.inspect());
    const kinds = ['vpn_gateway', 'internet_gateway', 'vpn_gateway'] as const;
    return {
      workload: {
        gateways: kinds.map((kind, number) => ({
          kind,
          number,
          pair: ['A', 'B'],
          flaw: number === 2 ? 'vrrp down' : null,
        })),
        actions: kinds.map((_, gateway) => ({ at: 0, kind: 'create', gateway })),
      },
      writes,
      routers: world.routers.map(({ id, name, username }, index) => ({
        id,
        name,
        ourUser: username,
        base: bases[index] ?? '',
        tape: tapes[index] ?? [],
        end: ends[index] as (typeof ends)[number],
        operators: [],
      })),
      workflows: [vpn, internet, flawed].map(({ resourceType, resourceId }, index) => ({
        workflowId: `${resourceType}:${resourceId}`,
        runId: randomUUID(),
        type: 'createGateway',
        status: index === 2 ? 'failed' : 'completed',
        failure: index === 2 ? JSON.stringify(outcomes[index]) : null,
      })),
      faults: [],
      canaries: [canary],
      texts: [{ name: 'log', text: 'a worker has started' }],
    };
  } finally {
    await world.close();
  }
}

/** All writes to etcd from now on. */
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
