/** A pair of simulated routers over SSH, with their records and those of a gateway in etcd, and `routers check` run on the primary one. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../command/run.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { startLocalRouters, type LocalRouter, type RoutersOptions } from '../../../local/routers.ts';
import { gatewayOn, recordOf, type TestGateway } from '../../../local/test-gateway.ts';
import { client } from '../../simulator/device/scene.ts';
import { fakeIo, type FakeIo } from '../fake-io.ts';
import { assertDescribed } from '../json-output.ts';

export const PASSWORD = 'S3cret<&"1';

export interface CheckScene {
  readonly router: LocalRouter;
  readonly gateway: TestGateway;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `routers check` on the primary router. */
  readonly check: (...argv: string[]) => Promise<Checked>;
  /** The same as it begins, with these surroundings. */
  readonly begin: (io: FakeIo, ...argv: string[]) => Promise<number>;
  /** The line of one check, as `--json` has it. */
  readonly line: (name: string, ...argv: string[]) => Promise<ReportLine>;
  /** Another user of the router, at its own command line. */
  readonly operator: () => ReturnType<typeof client>;
  readonly writeRecords: () => Promise<void>;
  close(): Promise<void>;
}

export interface Checked {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ReportLine {
  readonly name: string;
  readonly result: string;
  readonly text: string;
  readonly mend?: string;
}

export async function openCheckScene(endpoint: string, options: RoutersOptions = {}): Promise<CheckScene> {
  const of = (name: string, address: string) => ({
    id: randomUUID(),
    name,
    address,
    username: 'esi',
    password: PASSWORD,
  });
  const pair = [of('MX-1', '10.79.5.185:830'), of('MX-2', '10.79.5.184:830')] as const;
  const local = await startLocalRouters([pair], options);
  const [router] = local.routers;
  if (router === undefined) throw new Error('no router was started');
  const folder = mkdtempSync(join(tmpdir(), 'routers-check-'));
  writeFileSync(join(folder, 'known_hosts'), local.knownHosts);
  const gateway = gatewayOn('internet_gateway', { primary: pair[0].id, secondary: pair[1].id });
  for (const { type, body } of gateway.neighbours)
    if (type === 'edge_router')
      Object.assign(body, { password: PASSWORD, name: body.id === router.id ? 'MX-1' : 'MX-2' });
  const env = {
    ETCDCTL_ENDPOINTS: endpoint,
    GATEWAY_SAGA_KNOWN_HOSTS: join(folder, 'known_hosts'),
    GATEWAY_SAGA_CONNECT_TO: local.connectTo,
  };
  const begin = (io: FakeIo, ...argv: string[]) => main(['routers', 'check', router.id, ...argv], io);
  const scene: CheckScene = {
    router,
    gateway,
    folder,
    env,
    begin,
    async check(...argv) {
      const io = fakeIo(env);
      const code = await begin(io, ...argv);
      assertDescribed('routers-check', argv, io.out());
      return { code, out: io.out(), err: io.err() };
    },
    async line(name, ...argv) {
      const { out, err } = await scene.check('--json', ...argv);
      const found = (JSON.parse(out) as { checks: ReportLine[] }).checks.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no line ${name} in ${out}${err}`);
      return found;
    },
    operator: () => client(router.device),
    writeRecords: () => writeRecords([endpoint], [...gateway.neighbours, gateway.gateway].map(recordOf)),
    async close() {
      rmSync(folder, { recursive: true });
      await local.close();
    },
  };
  await scene.writeRecords();
  return scene;
}
