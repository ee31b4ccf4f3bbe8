/** A real etcd, a plain client beside the store to look with, and the records of one made-up gateway. */
import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import type { RegisterRequest } from '../../etcd/register.ts';
import type { Store } from '../../etcd/store.ts';
import { jobRecords } from '../../gateway/records.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { ownEtcd, sharedEtcd } from '../world/etcd.ts';
import type { RunningEtcd } from '../world/etcd.ts';

export interface TestEtcd {
  readonly endpoint: string;
  readonly pid: number;
  readonly store: Store;
  readonly raw: Etcd3;
}

/** The etcd that all suites of this process share. Each test uses keys of its own, and none stops, freezes or compacts this etcd. */
export function useEtcd(): () => TestEtcd {
  return use(async () => ({ ...(await sharedEtcd()), stop: async () => {} }));
}

/** An etcd for this suite alone, empty at first: a suite may freeze it, compact it, or count what is in it. */
export function useOwnEtcd(): () => TestEtcd {
  return use(ownEtcd);
}

/** The revision at which a suite's client was opened: what is older was written by other suites. */
const openedAt = new WeakMap<Etcd3, number>();

function use(start: () => Promise<RunningEtcd>): () => TestEtcd {
  let running: RunningEtcd | undefined;
  let etcd: TestEtcd | undefined;
  before(async () => {
    running = await start();
    const { endpoint, pid } = running;
    const raw = new Etcd3({ hosts: endpoint });
    etcd = { endpoint, pid, store: openStore({ endpoints: [endpoint] }), raw };
    openedAt.set(raw, Number((await raw.get('/').exec()).header.revision));
  });
  after(async () => {
    etcd?.store.close();
    etcd?.raw.close();
    await running?.stop();
  });
  return () => {
    if (!etcd) throw new Error('etcd is not running');
    return etcd;
  };
}

let count = 0;

/** A gateway of its own for each test. */
export function newGateway(version = 1): GatewayVersion {
  count += 1;
  return { resourceType: 'vpn_gateway', resourceId: `gateway-${count}`, version };
}

export interface PlanOptions {
  readonly run?: string;
  readonly jobs?: string;
  readonly unit?: string;
  readonly description?: string;
  readonly scheduled?: number;
}

/** What a saga would register. All gateways share two routers, and each gateway has a unit of its own there, unless a test says otherwise. */
export function requestFor(
  gateway: GatewayVersion,
  configRevision: string,
  {
    run = 'run-1',
    jobs = 'aaaaa',
    unit = gateway.resourceId,
    description = 'x',
    scheduled,
  }: PlanOptions = {},
): RegisterRequest {
  const owns = [
    ['interfaces', 'ge-0/0/1', 'unit', unit],
    ['routing-instances', `vrf ${unit}`],
  ];
  const router = (id: string) => ({
    id,
    before: null,
    after: {
      create: `unit ${unit} { description ${description}; }`,
      arrange: [],
      remove: owns.map((words) => `delete ${words.join(' ')}`),
      owns,
      monitors: [],
    },
  });
  const name = [gateway.resourceType, gateway.resourceId, gateway.version, jobs].join(':');
  const job = { id: gateway.resourceType, mappings: {} };
  const ids = [`create:heat_worker:${name}`, `create:monitoring_worker:${name}`];
  return {
    configRevision,
    secretFields: ['key'],
    jobs: jobRecords({
      action: 'create',
      gateway,
      ids,
      body: { id: gateway.resourceId, tenant_id: 'tenant-1' },
      kind: { schema: { fields: {} }, provisioning: job, monitoring: job },
      provisioning: [],
      monitoring: [],
      redact: false,
    }),
    planRecord: {
      gateway,
      action: 'create',
      standing: null,
      run,
      ...(scheduled !== undefined && { scheduled }),
      tenant: 'tenant-1',
      jobs: ids,
      kind: { source: 'folder', digest: 'sha256:00' },
      limits: { vrrpIntervalMs: 1_000, vrrpLimitMs: 60_000, vrrpMaxMs: 360_000 },
      routers: { primary: router('router-1'), secondary: router('router-2') },
    },
  };
}

/** What can be seen of one gateway, by a client that is not the store. */
export class Witness {
  readonly gateway: GatewayVersion;
  private readonly raw: Etcd3;

  constructor(raw: Etcd3, gateway: GatewayVersion) {
    this.raw = raw;
    this.gateway = gateway;
  }

  private get member(): string {
    return `${this.gateway.resourceType}s/${this.gateway.resourceId}`;
  }

  get keys() {
    return {
      config: `/config/v2.0/${this.member}`,
      stack: `/esi-worker/heat_stacks/v2.0/${this.member}`,
      jobState: `/esi-worker/job_state/v2.0/${this.member}`,
      state: `/state/v2.0/${this.member}`,
      monitoring: `/monitoring/v2.0/${this.member}`,
      plan: `/gateway-saga/plans/${this.member}`,
    };
  }

  /** Puts the gateway's configuration; resolves to its `mod_revision`. */
  async configure(
    version: number | string = this.gateway.version,
    markedForDeletion = false,
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const body = JSON.stringify({ id: this.gateway.resourceId, tenant_id: 'tenant-1', ...fields });
    const record = { body, version, marked_for_deletion: markedForDeletion };
    return this.put(this.keys.config, record);
  }

  /** Puts the same version again, with another body. */
  rewrite(fields: Readonly<Record<string, unknown>> = { tenant_id: 'tenant-2' }): Promise<string> {
    return this.configure(this.gateway.version, false, fields);
  }

  async put(key: string, value: unknown): Promise<string> {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const { header } = await this.raw.put(key).value(text);
    return header.revision;
  }

  async remove(key: string): Promise<void> {
    await this.raw.delete().key(key);
  }

  async value(key: string): Promise<unknown> {
    const text = await this.raw.get(key).string();
    return text === null ? undefined : JSON.parse(text);
  }

  async entry(key: string) {
    const { kvs } = await this.raw.get(key).exec();
    return kvs[0];
  }

  async revision(): Promise<string> {
    return (await this.raw.get('/').exec()).header.revision;
  }

  /** Every value that a key has had since the suite began, oldest first, deletions as `undefined`. */
  async history(key: string): Promise<unknown[]> {
    const last = Number(await this.revision());
    const values: unknown[] = [];
    let seen = '0';
    for (let revision = openedAt.get(this.raw) ?? 1; revision <= last; revision += 1) {
      const { kvs } = await this.raw.get(key).revision(revision).exec();
      const found = kvs[0];
      if ((found?.mod_revision ?? '0') === seen) continue;
      seen = found?.mod_revision ?? '0';
      values.push(found ? JSON.parse(found.value.toString()) : undefined);
    }
    return values;
  }

  /** The claims that this gateway holds: `router stanza`. */
  async ownClaims(): Promise<string[]> {
    const prefix = '/gateway-saga/claims/';
    const all = await this.raw.getAll().prefix(prefix).strings();
    const { resourceType, resourceId } = this.gateway;
    return Object.entries(all)
      .filter(([, value]) => value === JSON.stringify({ resourceType, resourceId }))
      .map(([key]) => key.slice(prefix.length));
  }

  async jobs(): Promise<string[]> {
    const prefix = '/jobs/all/';
    const keys = await this.raw.getAll().prefix(prefix).keys();
    return keys
      .map((key) => key.slice(prefix.length))
      .filter((key) => key.includes(`:${this.gateway.resourceId}:`));
  }
}

/** Sends the request until etcd answers, as an activity would. */
export async function untilRegistered(store: Store, request: RegisterRequest): Promise<void> {
  for (;;) {
    const outcome = await store.register(request).catch((error: unknown) => {
      assert.ok(error instanceof StoreUnavailableError);
    });
    if (!outcome) continue;
    assert.deepEqual(outcome, { kind: 'registered' });
    return;
  }
}
