/**
 * `/gateway-saga/waiting/<plural>/<id of the awaited>/<type>:<id of the waiter>`: who waits until a gateway's change has ended. The transaction that writes
 * the key compares the records of the awaited gateway by which the waiter has to wait. The terminal write of the awaited gateway compares that nobody waits;
 * if somebody does, the keys are listed after that write. So a gateway whose change ends misses nobody that waits.
 */
import * as v from 'valibot';
import type { Waited } from '../gateway/plan.ts';
import type { JobRecord } from '../gateway/records.ts';
import type { GatewayRef, GatewayVersion } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Reading, RangeTransaction } from './client.ts';
import { isFields, parseObject } from './envelope.ts';
import { KEYS } from './keys.ts';
import { under } from './requests.ts';
import { done, transact } from './transact.ts';

/** A gateway that waits for another one. */
export interface Waiter {
  readonly gateway: GatewayRef;
  /** Its key, as it was read. */
  readonly entry: Entry;
}

const SCHEMA = v.object({
  resourceType: v.string(),
  resourceId: v.string(),
  run: v.string(),
  jobs: v.array(v.string()),
});
type WaitingRecord = v.InferOutput<typeof SCHEMA>;

export function waitingRecord(
  { resourceType, resourceId }: GatewayRef,
  { run, jobs }: Pick<Waited, 'run' | 'jobs'>,
): WaitingRecord {
  return { resourceType, resourceId, run, jobs: [...jobs] };
}

export function waitingOf(entry: Entry): WaitingRecord | undefined {
  const parsed = v.safeParse(SCHEMA, entry.value === undefined ? undefined : parseObject(entry.value));
  return parsed.success ? parsed.output : undefined;
}

/** The range to be read together with the records of a gateway whose terminal write is to come. */
export function waitersRange(gateway: GatewayRef) {
  return { ...under(KEYS.waiting(gateway)), limit: 1 };
}

/** What the terminal write compares: that still nobody waits. Empty if somebody waits already: then all waiters are listed after the write. */
export function nobodyWaits(gateway: GatewayRef, { under: [waiters = []], revision }: Reading) {
  const since = revision;
  return waiters.length > 0 ? [] : [{ ...under(KEYS.waiting(gateway)), since }];
}

/** All that wait for a gateway. Those that have waited longest come first: a key is written once, when the wait begins. */
export async function waitersFor(client: EtcdClient, gateway: GatewayRef): Promise<readonly Waiter[]> {
  return waitersFromEntries(await client.readInPages('waiters', KEYS.waiting(gateway)));
}

export function waitersFromEntries(entries: readonly Entry[]): readonly Waiter[] {
  return entries
    .toSorted((one, other) => (BigInt(one.modRevision) < BigInt(other.modRevision) ? -1 : 1))
    .flatMap((entry) => {
      const record = waitingOf(entry);
      return record === undefined ? [] : [{ gateway: record, entry }];
    });
}

/** Those waiters whose keys have not changed since they were read. */
export async function whoWait(client: EtcdClient, waiters: readonly Waiter[]): Promise<readonly Waiter[]> {
  if (waiters.length === 0) return [];
  const found = await client.look(
    'who wait',
    waiters.map(({ entry }) => entry.key),
    [],
  );
  return waiters.filter(({ entry }) => found.entryOf(entry.key).modRevision === entry.modRevision);
}

/** Removes the key of a waiter whose workflow has gone, and its jobs, unless it waits anew. */
export async function forgetWaiter(client: EtcdClient, { entry }: Waiter): Promise<void> {
  const jobs = waitingOf(entry)?.jobs ?? [];
  await client.write('forget waiter', {
    unchanged: [entry],
    put: [],
    remove: [entry.key, ...jobs.map(KEYS.job)],
  });
}

/** What a run has written in order to wait. One transaction removes all of it, unless another run of the gateway waits there by now. */
export interface WaitingEntries {
  readonly unchanged: readonly Entry[];
  readonly remove: readonly string[];
}

export function waitedKeys(gateway: GatewayRef, waited: Waited | undefined): readonly string[] {
  return waited === undefined ? [] : [KEYS.waiting(waited.awaited, gateway)];
}

/** `kept`: ids of the jobs that stay. */
export function waitedEntries(
  gateway: GatewayRef,
  waited: Waited | undefined,
  { entryOf }: Pick<Reading, 'entryOf'>,
  kept: readonly string[] = [],
): WaitingEntries {
  const [entry] = waitedKeys(gateway, waited).map(entryOf);
  if (entry === undefined || waitingOf(entry)?.run !== waited?.run) return { unchanged: [], remove: [] };
  const gone = (waited?.jobs ?? []).filter((id) => !kept.includes(id));
  return { unchanged: [entry], remove: [entry.key, ...gone.map(KEYS.job)] };
}

/**
 * What any run of the gateway has written in order to wait for one of `awaited`. The waiting keys were read before. A run that was terminated while it
 * waited leaves such entries behind. `kept`: ids of the jobs that stay.
 */
export function waitsFor(
  gateway: GatewayRef,
  awaited: readonly GatewayRef[],
  { entryOf }: Pick<Reading, 'entryOf'>,
  kept: readonly string[],
): WaitingEntries {
  const unchanged = awaited
    .map((one) => entryOf(KEYS.waiting(one, gateway)))
    .filter(({ value }) => value !== undefined);
  const jobs = unchanged.flatMap((entry) => waitingOf(entry)?.jobs ?? []).filter((id) => !kept.includes(id));
  return { unchanged, remove: [...unchanged.map(({ key }) => key), ...jobs.map(KEYS.job)] };
}

export function together(...all: readonly WaitingEntries[]): WaitingEntries {
  const unchanged = all.flatMap((one) => one.unchanged);
  return {
    unchanged: [...new Map(unchanged.map((entry) => [entry.key, entry])).values()],
    remove: [...new Set(all.flatMap(({ remove }) => remove))],
  };
}

/** Removes what a run has written in order to wait, if it ends without a terminal write. */
export function forgetWaited(client: EtcdClient, gateway: GatewayRef, waited: Waited): Promise<void> {
  return transact<void>(client, 'forget waiting', async () => {
    const found = await client.look('forget waiting', waitedKeys(gateway, waited), []);
    const { unchanged, remove } = waitedEntries(gateway, waited, found);
    if (remove.length === 0) return done(undefined);
    return { kind: 'write', outcome: undefined, transaction: { unchanged, put: [], remove } };
  });
}

/** Removes what a run that was terminated has written in order to wait there. `run` and `jobs`: those of the gateway's present run. */
export function forgetEarlierWait(
  client: EtcdClient,
  gateway: GatewayRef,
  { awaited, run, jobs }: Waited,
): Promise<void> {
  return transact<void>(client, 'forget earlier wait', async () => {
    const found = await client.look('forget earlier wait', [KEYS.waiting(awaited, gateway)], []);
    const { unchanged, remove } = waitsFor(gateway, [awaited], found, jobs);
    if (unchanged.every((entry) => waitingOf(entry)?.run === run)) return done(undefined);
    return { kind: 'write', outcome: undefined, transaction: { unchanged, put: [], remove } };
  });
}

/**
 * The jobs as a registration writes them. If the run has waited, they were written when it began to wait, and the first of them depends on the jobs that it
 * waited for. That dependency stays.
 */
export function jobsAsWritten(
  jobs: readonly JobRecord[],
  waited: Waited | undefined,
  { entryOf }: Pick<Reading, 'entryOf'>,
): readonly JobRecord[] {
  const [first] = jobs;
  if (first === undefined || waited?.jobs.includes(first.id) !== true) return jobs;
  return withDependency(jobs, dependencyIn(entryOf(KEYS.job(first.id))));
}

/** The jobs of a chain, the first of which depends on these jobs of others, too. */
function withDependency(jobs: readonly JobRecord[], others: readonly string[]): readonly JobRecord[] {
  const [first, ...rest] = jobs;
  if (first === undefined || others.length === 0) return jobs;
  const [handler, job, zero] = first.value;
  return [{ id: first.id, value: [handler, { ...job, dependency: others }, zero] }, ...rest];
}

/** Ids of the jobs that the first job of a chain depended on when it was written. */
function dependencyIn(entry: Entry | undefined): readonly string[] {
  if (entry?.value === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(entry.value.toString());
  } catch {
    return [];
  }
  const job: unknown = Array.isArray(value) ? value[1] : undefined;
  const others = isFields(job) ? job['dependency'] : undefined;
  return Array.isArray(others) ? others.filter((one) => typeof one === 'string') : [];
}

/**
 * The transaction by which a run begins to wait. The caller adds the records by which the run has to wait. `entry`: the run's waiting key. `others`: ids of
 * the jobs that its first job depends on. `before`: what the run has written earlier in order to wait for another gateway. `undefined`: the run waits there
 * already.
 */
export function beginWait(
  gateway: GatewayVersion,
  { run, jobs }: { readonly run: string; readonly jobs: readonly JobRecord[] },
  { entry, others }: { readonly entry: Entry; readonly others: readonly string[] },
  before: WaitingEntries,
): RangeTransaction | undefined {
  const ids = jobs.map(({ id }) => id);
  const found = waitingOf(entry);
  if (found?.run === run && JSON.stringify(found.jobs) === JSON.stringify(ids)) return undefined;
  // Another run of the gateway has waited there, and has ended without removing its jobs.
  const left = (found?.jobs ?? []).filter((id) => !ids.includes(id)).map(KEYS.job);
  return {
    unchanged: [entry, ...before.unchanged.filter(({ key }) => key !== entry.key)],
    put: [
      { key: entry.key, value: waitingRecord(gateway, { run, jobs: ids }) },
      ...withDependency(jobs, others).map(({ id, value }) => ({ key: KEYS.job(id), value })),
    ],
    remove: [...new Set([...before.remove.filter((key) => key !== entry.key), ...left])],
  };
}
