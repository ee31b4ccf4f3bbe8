/** Lets one schedule happen, from the first record in etcd to the verdict. */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIdOf } from '../../../gateway/resource.ts';
import { check } from '../checker/check.ts';
import type { Violation } from '../checker/violation.ts';
import type { Evidence } from '../evidence.ts';
import { ROUTERS } from '../workload.ts';
import { participantsOf } from './participants.ts';
import { Chaos } from './inject-faults.ts';
import { collect } from './collect.ts';
import { createLast, unrest, writeAll } from './create-last.ts';
import { MEMBERS, WORKERS } from './faults.ts';
import { markLog, textsOf } from './logs.ts';
import type { LogMark } from './logs.ts';
import { People } from './people.ts';
import type { Stage } from './participants.ts';
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

/** How often people look for maintenance holds that should be over, and for gateways that others wait for. */
const MIND_MS = 1_000;

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
    await writeAll(site, participants.gateways);
    const stage: Stage = { site, participants, routers, say };
    const people = new People(stage, schedule.workload);
    const chaos = new Chaos(stage);
    say(`seed ${schedule.seed}: ${participants.gateways.map(workflowIdOf).join(', ')}`);
    const acted = people.perform();
    await sleep(schedule.quietMs);
    chaos.begin(schedule.faults);
    await sleep(SPAN_MS);
    await chaos.stop();
    await acted;
    say('people: all is asked for');
    minding = setInterval(() => {
      for (const mind of [people.releaseUpdated(), people.startAwaited()]) mind.catch(() => undefined);
    }, MIND_MS);
    const busy = [...(await untilRest(stage, participants.gateways, { owed: 'may be' }))];
    await people.startAgain();
    const last = await createLast(stage, people, schedule);
    busy.push(...(await untilRest(stage, [...participants.gateways, ...last.gateways], { owed: 'counts' })));
    say(busy.length === 0 ? 'all has come to rest' : `still going on: ${busy.join('; ')}`);
    // A session that is open now was leaked, except the workers' idle ones.
    for (const [name, proxy] of site.links) if (/ [ABC]$/.test(name)) proxy.drop();
    await sleep(100);
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

/**
 * What is found in a run that can't go on: it counts as one that has not come to rest. Its report holds what there is: the writes to etcd, what was
 * done, the logs.
 */
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

/** Programs that ended unexpectedly. A member of etcd may end if its database is full. */
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
