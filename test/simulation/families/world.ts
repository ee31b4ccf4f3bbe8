/** Two routers and etcd on virtual time, and a worker that makes the pair's transactions on them, without Temporal and without sagas. */
import '../workflow-globals.ts';
import type { Dependencies, Kinds } from '../../../activities/dependencies.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import { storeOver } from '../../../etcd/store.ts';
import { DEFAULT_POLICY, ROUTER_DEADLINES } from '../../../gateway/policies.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { parseKnownHosts } from '../../../netconf/known-hosts.ts';
import { SessionPool } from '../../../netconf/pool.ts';
import { pair } from '../../../simulator/device/create.ts';
import { randomOf } from '../../chaos/random.ts';
import { connectTo } from '../connect.ts';
import { Etcd } from '../etcd.ts';
import { etcdCalls, fairWeather } from '../etcd-calls.ts';
import { gatewaysOf, routerRecords } from '../gateways.ts';
import { Link } from '../link.ts';
import { Points } from '../points.ts';
import { Process } from '../process.ts';
import { siteOf } from '../site.ts';
import type { Site } from '../site.ts';
import { Steps } from '../steps.ts';
import type { VirtualTime } from '../time.ts';

const NAMES = ['A', 'B'] as const;

export class FamilyWorld {
  readonly deps: Dependencies;
  readonly sites: readonly Site[];
  readonly process = new Process('worker');
  readonly lines: string[] = [];
  readonly #etcd: Etcd;
  readonly #time: VirtualTime;
  readonly #records = routerRecords();

  constructor(seed: number, time: VirtualTime, kinds: Kinds) {
    const { clock } = time;
    const random = randomOf(`${seed}/world`);
    const [points, steps] = [new Points(), new Steps()];
    const tell = (words: string): void => this.tell(words);
    const workload = { gateways: [], actions: [] };
    this.#time = time;
    this.#etcd = new Etcd(clock);
    const options = { pendingMark: 'live' } as const;
    this.sites = this.#records
      .filter(({ name }) => NAMES.some((one) => one === name))
      .map((record) => siteOf({ record, clock, options, vrrpTimers: '', workload, tell }));
    const [one, other] = this.sites as [Site, Site];
    pair(one.device, other.device);
    const link = (name: string) => new Link(clock, random.fork(name), [0, 3]);
    const { process } = this;
    const etcd = this.#etcd;
    const ends = { out: link('out'), back: link('back') };
    const calls = etcdCalls({ etcd, weather: fairWeather(), clock, points, steps, process, ...ends, tell });
    const routers = new SessionPool({
      knownHosts: { read: async () => parseKnownHosts('', '') },
      connect: connectTo((host) => {
        const site = this.sites.find(({ record }) => record.host === host) as Site;
        return {
          name: site.record.name,
          routerId: site.record.id,
          device: () => site.device,
          clock,
          random,
          points,
          steps,
          process,
          delayMs: () => site.delayMs,
          isReachable: () => site.isReachable,
          tell,
          made: () => undefined,
        };
      }),
      ...ROUTER_DEADLINES,
    });
    this.deps = {
      store: storeOver(new EtcdClient({ endpoints: ['etcd'] }, calls)),
      routers,
      kinds,
      policy: { ...DEFAULT_POLICY, patienceMs: 20_000, settlePatienceMs: 60_000 },
      searchAttributes: async () => [],
    };
  }

  get ids(): readonly [string, string] {
    return this.sites.map(({ record }) => record.id) as [string, string];
  }

  tell(words: string): void {
    this.lines.push(`${this.#time.now()} ${words}\n`);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#time.clock.after(ms, () => this.process.deliver(resolve)));
  }

  gateway(number: number): TestGateway {
    const [requested] = gatewaysOf(
      [{ kind: 'vpn_gateway', number, pair: ['A', 'B'], flaw: null }],
      this.#records,
    );
    return (requested as NonNullable<typeof requested>).test;
  }

  write({ gateway, neighbours }: TestGateway): void {
    for (const { key, value } of [...neighbours, gateway].map(recordOf)) this.#etcd.put(key, value);
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) this.#etcd.remove(key);
  }

  stop(): void {
    this.process.kill();
    for (const { device } of this.sites) device.stop();
  }
}
