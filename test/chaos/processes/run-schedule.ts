/** Lets one schedule happen, from the first record in etcd to the verdict. */
import { mkdir } from 'node:fs/promises';
import { workflowIdOf } from '../../../gateway/resource.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { check } from '../checker/check.ts';
import type { Violation } from '../checker/violation.ts';
import type { Evidence } from '../evidence.ts';
import { PAIRS, ROUTERS } from '../workload.ts';
import type { Workload, WorkloadGateway } from '../workload.ts';
import { participantsOf } from './participants.ts';
import { Chaos } from './inject-faults.ts';
import { collect } from './collect.ts';
import { MEMBERS, WORKERS } from './faults.ts';
import { markLog, textsOf } from './logs.ts';
import type { LogMark } from './logs.ts';
import { People } from './people.ts';
import type { Stage } from './participants.ts';
import { REST_MS } from './policy.ts';
import { untilRest } from './quiescence.ts';
import { Routers } from './routers.ts';
import { SPAN_MS } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Site } from './site.ts';

export interface Told {
  readonly at: number;
  readonly line: string;
}

interface Found {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
}

export interface Verdict extends Found {
  readonly schedule: Schedule;
  /** What the harness did, and when. */
  readonly told: readonly Told[];
  /** From the first record to the last look, in ms. */
  readonly ms: number;
}

/** How often people look for maintenance holds that should be over. */
const MIND_MS = 1_000;

const LAST_PAIRS = [PAIRS[0], PAIRS[2]] as const;

/** Where a gateway is created when all faults are over: nothing interferes, and whatever is owed there is paid. */
async function lastPairs(
  { site, participants }: Stage,
  seed: number,
): Promise<readonly WorkloadGateway['pair'][]> {
  const owing = await Promise.all(
    LAST_PAIRS.map(async (pair) => {
      const records = await Promise.all(pair.map((name) => site.store.router(participants.routers[name].id)));
      return records.some(({ reservation, owedChanges }) => reservation !== null || owedChanges.length > 0);
    }),
  );
  return LAST_PAIRS.filter((_, index) => owing[index] === true || index === seed % 2);
}

export async function runSchedule(
  site: Site,
  schedule: Schedule,
  listen?: (line: string) => void,
): Promise<Verdict> {
  const began = Date.now();
  const told: Told[] = [];
  const say = (line: string): void => {
    told.push({ at: Date.now(), line });
    listen?.(`${String(Date.now() - began).padStart(6)} ms  ${line}`);
  };
  const names = [...WORKERS, ...MEMBERS, 'temporal', 'routers'] as const;
  const logs = await Promise.all(names.map((name) => markLog(name, logOf(site, name))));
  const found = await happen({ site, schedule, began, say, told, logs }).catch((error: unknown) =>
    unjudged({ site, schedule, told, logs }, error),
  );
  return { schedule, ...found, told, ms: Date.now() - began };
}

interface Telling {
  readonly site: Site;
  readonly schedule: Schedule;
  readonly told: readonly Told[];
  readonly logs: readonly LogMark[];
}

async function happen({
  site,
  schedule,
  began,
  say,
  told,
  logs,
}: Telling & { readonly began: number; readonly say: Stage['say'] }): Promise<Found> {
  await site.ready();
  const folder = `${site.run.folder}/seed-${schedule.seed}-${began}`;
  await mkdir(folder, { recursive: true });
  const participants = participantsOf(schedule, site, folder);
  const routers = new Routers(Object.values(participants.routers), logOf(site, 'routers'));
  let minding: ReturnType<typeof setInterval> | undefined;
  try {
    await site.recorder.catchUp();
    const { revision } = site.recorder;
    await routers.start();
    const before = await Promise.all(
      ROUTERS.map(
        async (router) => [router, (await routers.order({ kind: 'inspect', router })).running] as const,
      ),
    );
    await write(site, participants.gateways);
    const stage: Stage = { site, participants, routers, say };
    const people = new People(stage, schedule.workload);
    const chaos = new Chaos(stage);
    say(`seed ${schedule.seed}: ${participants.gateways.map(workflowIdOf).join(', ')}`);
    chaos.begin(schedule.faults);
    const acted = people.perform();
    await new Promise((resolve) => setTimeout(resolve, SPAN_MS));
    await chaos.stop();
    await acted;
    say('people: all is asked for');
    minding = setInterval(() => void people.releaseUpdated().catch(() => undefined), MIND_MS);
    const busy = [...(await untilRest(stage, participants.gateways, { owed: 'may be' }))];
    await people.startAgain();
    const last = await createLast(stage, people, schedule);
    busy.push(...(await untilRest(stage, [...participants.gateways, ...last.gateways], { owed: 'counts' })));
    say(busy.length === 0 ? 'all has come to rest' : `still going on: ${busy.join('; ')}`);
    // A session that is open now was leaked, except the workers' idle ones.
    for (const [name, proxy] of site.links) if (/ [ABC]$/.test(name)) proxy.drop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const evidence = await collect(stage, people, {
      workload: last.workload,
      gateways: [...participants.gateways, ...last.gateways],
      revision,
      before: new Map(before),
      faults: faultsOf(told),
      logs,
    });
    const violations = [
      ...check(evidence),
      ...busy.map(unrest),
      ...surprises(site, schedule),
      ...last.failed,
    ];
    say(`${violations.length} violations`);
    return { evidence, violations };
  } finally {
    clearInterval(minding);
    await routers.stop();
  }
}

/** A run that can't go on has not come to rest. Its report holds what there is: the writes to etcd, what was done, the logs. */
async function unjudged({ site, schedule, told, logs }: Telling, error: unknown): Promise<Found> {
  return {
    evidence: {
      workload: schedule.workload,
      writes: site.recorder.writes,
      routers: [],
      workflows: [],
      faults: faultsOf(told),
      canaries: [],
      texts: await textsOf(logs),
    },
    violations: [unrest(error instanceof Error ? (error.stack ?? error.message) : String(error))],
  };
}

function faultsOf(told: readonly Told[]): Evidence['faults'] {
  return told
    .filter(({ line }) => line.startsWith('fault: '))
    .map(({ at, line }) => ({ at, what: line.slice('fault: '.length) }));
}

function logOf({ run }: Site, name: string): string {
  return `${run.logs}/${name}.log`;
}

/** One after the other: they share the routers' records. */
async function write(site: Site, gateways: readonly TestGateway[]): Promise<void> {
  for (const { gateway, neighbours } of gateways)
    await writeRecords(site.etcd, [...neighbours, gateway].map(recordOf));
}

interface Last {
  readonly gateways: readonly TestGateway[];
  /** The workload with them in it. */
  readonly workload: Workload;
  readonly failed: readonly Violation[];
}

async function createLast(stage: Stage, people: People, { seed, workload }: Schedule): Promise<Last> {
  const { site, participants, say } = stage;
  const wanted = (await lastPairs(stage, seed)).map((pair, index): WorkloadGateway => ({
    kind: 'vpn_gateway',
    number: workload.gateways.length + index,
    pair,
    flaw: null,
  }));
  const gateways = wanted.map(({ number, pair }) => participants.another(number, pair));
  await write(site, gateways);
  await Promise.all(gateways.map((gateway) => people.create(gateway)));
  const signal = AbortSignal.timeout(REST_MS);
  const outcomes = await Promise.all(
    gateways.map((gateway) =>
      site.client
        .result(gateway, { signal })
        .catch((error: unknown) => ({ kind: 'failed', message: String(error) })),
    ),
  );
  say(`the last ones: ${outcomes.map(({ kind }) => kind).join(', ')}`);
  return {
    gateways,
    workload: {
      gateways: [...workload.gateways, ...wanted],
      actions: [
        ...workload.actions,
        ...wanted.map((_, index) => ({
          at: SPAN_MS,
          kind: 'create' as const,
          gateway: workload.gateways.length + index,
        })),
      ],
    },
    failed: outcomes.flatMap((outcome, index) =>
      outcome.kind === 'created'
        ? []
        : [unrest(`${workflowIdOf(gateways[index] as TestGateway)} ends with ${JSON.stringify(outcome)}`)],
    ),
  };
}

function unrest(found: string): Violation {
  return {
    invariant: 'liveness',
    subject: 'the run',
    expected: `rest within ${REST_MS} ms of the last fault`,
    found,
    at: null,
  };
}

/** A member of etcd whose database is full may end. */
function surprises({ programs }: Site, { faults }: Schedule): readonly Violation[] {
  const workers = WORKERS.flatMap((name) => programs[name].surprises.splice(0));
  const members = MEMBERS.flatMap((name) => programs[name].surprises.splice(0));
  const isFilled = faults.some(({ effect }) => effect.kind === 'no space');
  return [...workers, ...(isFilled ? [] : members)].map((found) => ({
    invariant: 'liveness',
    subject: 'a program',
    expected: 'goes on whatever happens around it',
    found,
    at: null,
  }));
}
