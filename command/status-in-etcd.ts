/** What etcd says of a gateway, for `status` while Temporal does not answer or knows nothing of the gateway. Only Temporal knows what runs. */
import { TemporalUnavailableError } from '../client/errors.ts';
import { GRPC, grpcErrorIn } from '../client/grpc.ts';
import { workflowIdOf, type GatewayRef } from '../client/index.ts';
import type { ListedGateway } from '../etcd/listing.ts';
import { isStoreAway, type StoreRefusedError, type StoreUnavailableError } from '../etcd/errors.ts';
import { openStore } from '../etcd/store.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { rowOf, type Row, type RowOutcome } from './list-rows.ts';
import { printable } from './printable.ts';

/** Whether an error says that Temporal does not answer. */
export function isTemporalAway(error: unknown): error is Error {
  if (isStoreAway(error)) return false;
  if (error instanceof TemporalUnavailableError) return true;
  const code = grpcErrorIn(error)?.code;
  return code === GRPC.unavailable || code === GRPC.deadlineExceeded;
}

type Form = 'text' | 'json';

/** Tells what etcd knows, and why Temporal was not asked. Throws that reason if etcd does not answer either. */
export async function statusInEtcd(
  gateway: GatewayRef,
  away: Error,
  io: CommandIo,
  form: Form,
): Promise<number> {
  const found = await inEtcd(gateway, io);
  if (isStoreAway(found)) throw away;
  const reason = printable(away.message);
  if (form === 'json') tellJson(gateway, found, { kind: 'not known', reason }, io);
  else {
    io.stderr.write(`whether a change runs is not known (${reason}); this is what etcd says\n`);
    tellText(gateway, found, io);
  }
  return EXIT.otherwise;
}

/**
 * Tells what etcd knows of a gateway of which Temporal knows no change, for example after Temporal's retention time. Resolves to the exit code;
 * to `undefined` if etcd has no record of the gateway, or does not answer. If etcd does not answer, only that is told.
 */
export async function statusBeyondTemporal(
  gateway: GatewayRef,
  io: CommandIo,
  form: Form,
): Promise<number | undefined> {
  const found = await inEtcd(gateway, io);
  if (isStoreAway(found)) {
    if (form === 'text') io.stderr.write(`etcd was not asked for more (${printable(found.message)})\n`);
    return undefined;
  }
  if (!isRecorded(found)) return undefined;
  if (form === 'json') tellJson(gateway, found, { kind: 'not found' }, io);
  else {
    io.stderr.write('Temporal knows of no change of it; this is what etcd says\n');
    tellText(gateway, found, io);
  }
  return MADE.includes(rowOf(found, undefined).outcome) ? EXIT.ok : EXIT.otherwise;
}

/** Outcomes of a change that was made. */
const MADE: readonly RowOutcome[] = ['created', 'updated', 'unchanged', 'deleted'];

async function inEtcd(
  gateway: GatewayRef,
  { env }: CommandIo,
): Promise<ListedGateway | StoreUnavailableError | StoreRefusedError> {
  const store = openStore(etcdOptions(env));
  try {
    return await store.gateway(gateway);
  } catch (error) {
    if (isStoreAway(error)) return error;
    throw error;
  } finally {
    store.close();
  }
}

function isRecorded({ wanted, state, plan }: ListedGateway): boolean {
  return wanted !== null || state !== null || plan !== null;
}

function tellJson(
  gateway: GatewayRef,
  found: ListedGateway,
  { kind, ...facts }: { readonly kind: string; readonly reason?: string },
  io: CommandIo,
): void {
  const { version, action, outcome, since, error, wanted } = rowOf(found, undefined);
  const etcd = { version, action, outcome, since, error, wanted, standing: found.plan?.standing ?? null };
  io.stdout.write(`${JSON.stringify({ kind, workflowId: workflowIdOf(gateway), ...facts, etcd })}\n`);
}

function tellText(gateway: GatewayRef, found: ListedGateway, io: CommandIo): void {
  const lines = linesOf(found, rowOf(found, undefined));
  for (const line of lines) io.stdout.write(`${workflowIdOf(gateway)}: ${line}\n`);
}

function linesOf(found: ListedGateway, row: Row): string[] {
  if (!isRecorded(found)) return ['there is no record of it'];
  const { wanted, plan } = found;
  const { version, outcome, error, since } = row;
  const end = outcome === 'unknown' ? 'no end is known' : outcome;
  const of = version === null ? '' : ` version ${version}`;
  const told = `${end}${of}${since === null ? '' : `, as of ${since}`}${error ? `: ${printable(error)}` : ''}`;
  const stands = plan === null || plan.standing === null ? 'nothing' : `version ${plan.standing}`;
  const asked =
    wanted === null ? 'nothing' : `version ${wanted.version}${wanted.isDeletion ? ' (delete)' : ''}`;
  return [told, `stands: ${stands}`, `wanted: ${asked}`];
}
