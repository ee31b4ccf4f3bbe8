/**
 * The servers and the workers, each a program of its own, and a proxy on each connection between them. They outlive a run: each run
 * has routers, gateways and pairs of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { build } from 'esbuild';
import { GatewayClient } from '../../../client/index.ts';
import { openStore } from '../../../etcd/store.ts';
import type { Store } from '../../../etcd/store.ts';
import { TASK_QUEUE } from '../../../gateway/messages.ts';
import { startChild } from '../../../local/child.ts';
import { environmentOf } from '../../../local/environment.ts';
import { freePorts } from '../../../local/ports.ts';
import { openRun } from '../../../local/run.ts';
import type { Run } from '../../../local/run.ts';
import { startTemporal } from '../../../local/temporal-process.ts';
import { writeKinds } from '../../families/folder.ts';
import { workflowBundle } from '../../../local/workflow-bundle.ts';
import { defaultFolder } from '../../../templates/load.ts';
import { keptHostKey } from '../../../simulator/server/index.ts';
import { knownHostsLine } from '../../../simulator/server/host-key.ts';
import { etcdCluster, untilLed } from '../../world/etcd-cluster.ts';
import type { EtcdMember } from '../../world/etcd-cluster.ts';
import { Proxy } from '../../../local/proxy.ts';
import { ROUTERS } from '../workload.ts';
import type { RouterName } from '../workload.ts';
import { MEMBERS, WORKERS } from './faults.ts';
import type { LinkName, MemberName, WorkerName } from './faults.ts';
import { Link } from './link.ts';
import { CHAOS_POLICY } from './policy.ts';
import { Program } from './program.ts';
import { Recorder } from './recorder.ts';

/** etcd's quota. It is small, so that it can be used up. */
const QUOTA_BYTES = 24 * 1024 * 1024;
const NAMESPACE = 'default';
const READY_MS = 120_000;

export interface Site {
  readonly run: Run;
  readonly programs: Readonly<Record<WorkerName | MemberName | 'temporal', Program>>;
  readonly links: ReadonlyMap<LinkName, Link>;
  readonly recorder: Recorder;
  readonly members: readonly EtcdMember<MemberName>[];
  /** The endpoints of etcd's members. */
  readonly etcd: readonly string[];
  /** Reads and writes etcd without a proxy. */
  readonly store: Store;
  readonly client: GatewayClient;
  readonly temporal: Client;
  /** Where each router listens, and its host key's file: the same for all runs. */
  readonly routers: Readonly<Record<RouterName, { readonly port: number; readonly hostKey: string }>>;
  /** Resolves once every program runs and every worker polls. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** The address in a router's record. Nothing listens there: workers are given the real addresses. */
export function addressOf(router: RouterName): string {
  return `192.0.2.${ROUTERS.indexOf(router) + 1}`;
}

export async function openSite(): Promise<Site> {
  const run = await openRun();
  const [temporalPort = 0, uiPort = 0, ...routerPorts] = await freePorts(2 + ROUTERS.length);
  const members = await etcdCluster(run, MEMBERS, { quotaBytes: QUOTA_BYTES });
  const etcd = members.map(({ endpoint }) => endpoint);
  const address = `127.0.0.1:${temporalPort}`;
  const routers = Object.fromEntries(
    ROUTERS.map((name, index) => [
      name,
      { port: routerPorts[index] ?? 0, hostKey: `${run.folder}/${name}.host-key` },
    ]),
  ) as unknown as Site['routers'];
  const links = new Map<LinkName, Link>();
  for (const worker of WORKERS) {
    const toEtcd = await beside(etcd);
    links.set(`${worker} etcd`, new Link(toEtcd));
    for (const [index, member] of MEMBERS.entries())
      links.set(`${worker} ${member}`, new Link([toEtcd[index] ?? toEtcd[0]]));
    links.set(`${worker} temporal`, new Link([await Proxy.open(address)]));
    for (const name of ROUTERS)
      links.set(`${worker} ${name}`, new Link([await Proxy.open(`127.0.0.1:${routers[name].port}`)]));
  }
  const kinds = `${run.folder}/kinds`;
  await writeKinds(kinds);
  const worker: WorkerFiles = {
    program: await compileWorker(run),
    bundle: await workflowBundle([fileURLToPath(new URL('times.ts', import.meta.url))]),
    kinds,
  };
  const programs = {
    ...(Object.fromEntries(
      members.map((member) => [member.name, new Program(member.name, () => member.start())]),
    ) as Record<MemberName, Program>),
    temporal: new Program('temporal', async () => {
      const options = {
        port: temporalPort,
        uiPort,
        searchAttributes: true,
        database: `${run.folder}/temporal.db`,
      };
      return (await startTemporal(run, options)).child;
    }),
    ...(Object.fromEntries(
      await Promise.all(
        WORKERS.map(async (name) => [name, await workerProgram(run, name, links, routers, worker)]),
      ),
    ) as Record<WorkerName, Program>),
  };
  const servers = [...MEMBERS.map((name) => programs[name]), programs.temporal];
  const end = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const link of links.values()) await link.close();
    for (const { peers } of members) await peers.close();
    await run.close();
  };
  try {
    await Promise.all(servers.map((server) => server.start()));
    await untilLed(members);
  } catch (error) {
    await end();
    throw error;
  }
  const recorder = await Recorder.open(etcd);
  const connection = await Connection.connect({ address });
  const site: Site = {
    run,
    programs,
    links,
    recorder,
    members,
    etcd,
    store: openStore({ endpoints: etcd, deadlineMs: 2_000 }),
    client: await GatewayClient.connect({ address, env: {} }),
    temporal: new Client({ connection }),
    routers,
    async ready() {
      await Promise.all(servers.map((server) => server.revive()));
      await untilLed(members);
      await Promise.all(WORKERS.map((name) => programs[name].revive()));
      await untilPolling(
        connection,
        WORKERS.map((name) => programs[name]),
      );
    },
    async close() {
      await recorder.close();
      site.store.close();
      await site.client.close();
      await connection.close();
      await Promise.all(WORKERS.map((name) => programs[name].stop()));
      await end();
    },
  };
  return site;
}

/** Proxies of one client to the members of one server. */
async function beside(targets: readonly string[]): Promise<readonly [Proxy, ...Proxy[]]> {
  const first = await Proxy.open(targets[0] ?? '');
  const others = targets.slice(1).map((target) => Proxy.open(target, first));
  return [first, ...(await Promise.all(others))];
}

/**
 * Makes one file of the worker's sources, in the run's folder. Workers are killed and started again all the time: to compile some two hundred files
 * each time costs more than all that they do afterwards.
 */
async function compileWorker(run: Run): Promise<string> {
  const program = `${run.folder}/worker-process.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('worker-process.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // The modules find the program's kinds and its package from where they stand.
    define: { 'import.meta.url': JSON.stringify(String(defaultFolder)) },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return program;
}

interface WorkerFiles {
  readonly program: string;
  readonly bundle: string;
  readonly kinds: string;
}

async function workerProgram(
  run: Run,
  name: WorkerName,
  links: ReadonlyMap<LinkName, Link>,
  routers: Site['routers'],
  { program, bundle, kinds }: WorkerFiles,
): Promise<Program> {
  const endpointOf = (to: 'etcd' | 'temporal' | RouterName): string =>
    links.get(`${name} ${to}`)?.endpoint ?? '';
  const knownHosts = ROUTERS.map((router) => {
    const port = Number(endpointOf(router).split(':')[1]);
    return `${knownHostsLine('127.0.0.1', port, keptHostKey(routers[router].hostKey))}\n`;
  }).join('');
  const environment = await environmentOf({
    run,
    etcd: { endpoints: endpointOf('etcd').split(',') },
    temporal: { address: endpointOf('temporal'), namespace: NAMESPACE },
    knownHosts: await run.write(`${name}.known_hosts`, knownHosts),
    connectTo: ROUTERS.map((router) => `${addressOf(router)}:830:${endpointOf(router)}`).join(','),
  });
  const policy = await run.write(`${name}.policy.json`, JSON.stringify(CHAOS_POLICY));
  return new Program(name, async () => {
    const child = await startChild({
      name,
      program: process.execPath,
      args: ['--enable-source-maps', program, bundle, policy, kinds],
      env: environment,
      log: `${run.logs}/${name}.log`,
      graceMs: 8_000,
    });
    await run.adopt(child, program);
    return child;
  });
}

/** Waits until all workers poll. A worker that can't reach Temporal when it starts ends. It is started again, as a service manager would do it. */
async function untilPolling(connection: Connection, workers: readonly Program[]): Promise<void> {
  const givenUp = Date.now() + READY_MS;
  for (;;) {
    for (const worker of workers) await worker.start();
    const polling = await pollers(connection);
    if (workers.every(({ pid }) => polling.some((identity) => identity.startsWith(`${pid}@`)))) return;
    if (Date.now() > givenUp) throw new Error(`the workers do not poll after ${READY_MS} ms`);
    await sleep(100);
  }
}

async function pollers(connection: Connection): Promise<readonly string[]> {
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: NAMESPACE,
      taskQueue: { name: TASK_QUEUE },
    });
    return pollers?.map(({ identity }) => identity ?? '') ?? [];
  } catch {
    return [];
  }
}
