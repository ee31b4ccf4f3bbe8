/** Gateways that are created when all faults are over: nothing interferes, and whatever is owed on their routers is paid. */
import { workflowIdOf } from '../../../gateway/resource.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { Violation } from '../checker/violation.ts';
import { PAIRS } from '../workload.ts';
import type { Workload, WorkloadGateway } from '../workload.ts';
import type { Stage } from './participants.ts';
import type { People } from './people.ts';
import { REST_MS } from './policy.ts';
import { SPAN_MS } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Site } from './site.ts';

const LAST_PAIRS = [PAIRS[0], PAIRS[2]] as const;

/** The pairs on whose routers something is owed or reserved, and one pair more. */
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

export interface Last {
  readonly gateways: readonly TestGateway[];
  /** The workload with these gateways in it. */
  readonly workload: Workload;
  readonly failed: readonly Violation[];
}

export async function createLast(
  stage: Stage,
  people: People,
  { seed, workload, quietMs }: Schedule,
): Promise<Last> {
  const { site, participants, say } = stage;
  const wanted = (await lastPairs(stage, seed)).map((pair, index): WorkloadGateway => ({
    kind: 'vpn_gateway',
    number: workload.gateways.length + index,
    pair,
    flaw: null,
  }));
  const gateways = wanted.map(({ number, pair }) => participants.another(number, pair));
  await writeAll(site, gateways);
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
      ...workload,
      gateways: [...workload.gateways, ...wanted],
      actions: [
        ...workload.actions,
        ...wanted.map((_, index) => ({
          at: quietMs + SPAN_MS,
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

export function unrest(found: string): Violation {
  return {
    invariant: 'liveness',
    subject: 'the run',
    expected: `rest within ${REST_MS} ms of the last fault`,
    found,
    at: null,
  };
}

/** Writes the gateways' records, one gateway after the other, because they share the records of their routers. */
export async function writeAll(site: Site, gateways: readonly TestGateway[]): Promise<void> {
  for (const { gateway, neighbours } of gateways)
    await writeRecords(site.etcd, [...neighbours, gateway].map(recordOf));
}
