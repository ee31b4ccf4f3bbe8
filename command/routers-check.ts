import { writeFileSync } from 'node:fs';
import { preparePlan } from '../activities/saga/planner.ts';
import { targetOf } from '../activities/router/router-target.ts';
import { openStore, type Store } from '../etcd/store.ts';
import { StoreCorruptError } from '../etcd/errors.ts';
import type { RouterConfiguration } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
import { loadKinds } from '../templates/load.ts';
import { EXIT, type CommandIo } from './io.ts';
import { printable } from './printable.ts';
import { CHECKS, GATEWAY_CHECKS, LAST_CHECKS } from './routers-check-list.ts';
import { linesOf, type CheckedRouter, type Line } from './routers-check-line.ts';
import { open, OPENING_NAMES, openingLines, type Opening } from './routers-check-open.ts';
import { checkOptions, type CheckOptions } from './routers-check-options.ts';
import { Transcript } from './routers-check-transcript.ts';
import { checkedLines, summary } from './routers-check-view.ts';
import { drawn, lookOf } from './style.ts';
import { UsageError } from './usage.ts';

/** `routers check`. Exit code 2 also if it could not be asked: etcd does not answer, or knows no such router. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = checkOptions(argv, io.env);
  const store = openStore(options.worker.etcd);
  try {
    const asked = await askable(store, options);
    const { lines, notAsked } = await report(asked, options);
    const isFailed = lines.some(({ result }) => result === 'failed');
    tell({ ...asked, lines, notAsked }, options, io);
    return isFailed ? EXIT.otherwise : EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    io.stderr.write(`gateway-saga routers check: ${printable(error.message)}\n`);
    return EXIT.misuse;
  } finally {
    store.close();
  }
}

interface Asked extends Omit<CheckedRouter, 'session'> {
  readonly options: CheckOptions;
}

/** What etcd has of the router and of the gateway. Throws if that can't be asked. */
async function askable(store: Store, options: CheckOptions): Promise<Asked> {
  const { id, worker } = options;
  const [{ name, target }, record, gateway] = await Promise.all([
    targetOf(store.snapshot(), id),
    store.router(id).catch((error: unknown) => {
      if (error instanceof StoreCorruptError) return error;
      throw error;
    }),
    renderedFor(store, options),
  ]);
  const address = `${target.address}:${target.port}`;
  const transcript = new Transcript({ name, address }, [target.password ?? '', ...(gateway?.secrets ?? [])]);
  const asked = { id, name, target, policy: worker.policy, record, transcript, options };
  return gateway === undefined ? asked : { ...asked, rendered: gateway.rendered };
}

interface Rendered {
  readonly rendered: RouterConfiguration | string;
  readonly secrets: readonly string[];
}

/** What the gateway would put on this router, whatever its `/state`. */
async function renderedFor(
  store: Store,
  { id, gateway, worker }: CheckOptions,
): Promise<Rendered | undefined> {
  if (gateway === undefined) return undefined;
  const kinds = await loadKinds(worker.templates);
  const withoutState: Store = { ...store, state: async () => undefined };
  const outcome = await preparePlan({ store: withoutState, kinds }, gateway);
  if (outcome.kind === 'ended') throw new Error('expected no state, got one');
  if (outcome.kind !== 'prepared') return { rendered: outcome.reason, secrets: [] };
  const { routers, configurations, provisioning, monitoring } = outcome.preparation;
  const role = ROLES.find((one) => routers[one].ref.id === id);
  if (role === undefined) {
    const on = ROLES.map((one) => routers[one].ref.id).join(' and ');
    throw new UsageError(`--for: expected a gateway on router ${id}, got one on ${on}`);
  }
  const secrets = [...provisioning, ...monitoring].flatMap(({ secret, value }) =>
    secret && typeof value === 'string' ? [value] : [],
  );
  return { rendered: configurations[role], secrets };
}

interface Report {
  readonly lines: readonly Line[];
  /** Names of the checks that were not reached. */
  readonly notAsked: readonly string[];
}

async function report(asked: Asked, { worker }: CheckOptions): Promise<Report> {
  const checks = [...CHECKS, ...(asked.rendered === undefined ? [] : GATEWAY_CHECKS), ...LAST_CHECKS];
  const opening = await open(asked.target, worker, asked.transcript);
  const lines = [...openingLines(opening), ...(await inSession(opening, asked, checks))];
  const names = [...OPENING_NAMES, ...checks.map(({ name }) => name)];
  return { lines, notAsked: names.slice(lines.length) };
}

async function inSession({ session }: Opening, asked: Asked, checks: typeof CHECKS): Promise<Line[]> {
  if (session === undefined) return [];
  try {
    return await linesOf(checks, { ...asked, session });
  } finally {
    await session.close();
  }
}

function tell(
  { id, name, lines, notAsked, transcript }: Asked & Report,
  options: CheckOptions,
  io: CommandIo,
): void {
  if (options.transcript !== undefined) writeFileSync(options.transcript, transcript.toXml());
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ id, name, checks: lines, notAsked })}\n`);
    return;
  }
  const { color, ascii = false } = lookOf(io.stdout, io.env);
  io.stdout.write(`${drawn([['bold', `${printable(name)} (${printable(id)})`]], { color, ascii })}\n`);
  for (const line of lines.flatMap(checkedLines)) io.stdout.write(`${drawn(line, { color, ascii })}\n`);
  for (const line of summary(lines, notAsked)) io.stdout.write(`${line}\n`);
}
