import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import type { Progress } from '../gateway/messages.ts';
import { workflowIdOf, type GatewayRef } from '../gateway/resource.ts';
import { queryProgress } from './query.ts';
import { VersionRun } from './version-run.ts';
import { connectToTemporal, type ConnectOptions } from './connect.ts';
import { ChangeNotFoundError } from './errors.ts';
import { GatewayRun } from './gateway-run.ts';
import { asItIs, creationOutcome, type ChangeOutcome } from './outcome.ts';
import { QueuePlaces } from './queue-place.ts';
import { runningPairs, validPair, type PairStatus } from './pairs.ts';
import {
  validRequest,
  validRef,
  type RequestedAction,
  type ChangeRequest,
  type CreateRequest,
} from './request.ts';
import { startChange } from './start.ts';
import type { GatewayStatus } from './status.ts';
import type { Temporal } from './temporal.ts';
import type { WatchOptions } from './watch.ts';

/**
 * Creates, updates and deletes gateways, and follows these changes.
 *
 * @example
 * ```ts
 * import { GatewayClient } from 'gateway-saga/client';
 *
 * const client = await GatewayClient.connect();
 * try {
 *   const run = await client.create({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' });
 *   const outcome = await run.result();
 *   if (outcome.kind !== 'created') console.error(outcome.kind, outcome.message);
 * } finally {
 *   await client.close();
 * }
 * ```
 */
export class GatewayClient {
  readonly #temporal: Temporal;

  private constructor(temporal: Temporal) {
    this.#temporal = temporal;
  }

  /**
   * Connects as the Temporal CLI would, by its environment variables and profiles, or as the options say.
   *
   * @throws {TemporalUnavailableError} if nothing answers there, or TLS refuses the connection.
   * @throws {InvalidRequestError} for options that contradict each other, and for settings of the environment that can't be used.
   * @example
   * ```ts
   * await GatewayClient.connect();
   * await GatewayClient.connect({ address: 'temporal.example.net:7233', namespace: 'network' });
   * await GatewayClient.connect({ client: yourTemporalClient });
   * ```
   */
  static async connect(options: ConnectOptions = {}): Promise<GatewayClient> {
    return new GatewayClient(await connectToTemporal(options));
  }

  /** Rejects all waiting calls, with a `ClientClosedError`. Closes the connection, unless you passed it, or its client, to `connect`. Changes go on. */
  async close(): Promise<void> {
    await this.#temporal.close();
  }

  /**
   * Starts a creation, or joins the workflow that runs for this gateway:
   *
   * - If the version has ended before, nothing is done, and its outcome is the result.
   * - If the joined workflow works on an older version than requested, it gives that version up and goes on with the requested one.
   * - If the joined workflow was started for another action, and its end says nothing about this request, `result` and `watch` start the creation after
   *   it.
   * - If a newer version takes the place of the requested one, the outcome is a failure of type `Superseded`. The other methods have the outcome
   *   `superseded`.
   * - If the gateway stands already at an older version, it is not created: see `update` and `apply`.
   *
   * @throws {InvalidRequestError} before anything is sent. It names the field, the expected value and the given one.
   * @example
   * ```ts
   * const run = await client.create({ resourceType: 'internet_gateway', resourceId: '429e24b5-a2f0-4fb8-b467-e335857e9476', version: 1 });
   * ```
   */
  async create(request: CreateRequest): Promise<GatewayRun> {
    return this.#start('create', request, creationOutcome);
  }

  /**
   * Updates a gateway that stands already: it becomes what its configuration asks for now. Starts or joins a workflow as `create` does. If the update
   * fails or is cancelled, both routers carry again what stood before.
   *
   * @throws {InvalidRequestError} as `create` does.
   * @example
   * ```ts
   * const run = await client.update({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' });
   * const { kind } = await run.result(); // 'updated'; 'unchanged' if nothing changes on the routers
   * ```
   */
  async update(request: ChangeRequest): Promise<GatewayRun<ChangeOutcome>> {
    return this.#start('update', request, asItIs);
  }

  /**
   * Deletes a gateway whose configuration is marked for deletion. If the deletion fails or is cancelled, both routers carry again what stood before. If
   * the configuration is not marked, nothing is touched, and the outcome is another one than `deleted`.
   *
   * @throws {InvalidRequestError} as `create` does.
   * @throws {AlreadyRunningError} if `request.owe` is given, and something runs for the gateway.
   * @example
   * ```ts
   * const run = await client.delete({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' });
   * if ((await run.result()).kind !== 'deleted') process.exitCode = 1;
   * ```
   */
  async delete(request: ChangeRequest): Promise<GatewayRun<ChangeOutcome>> {
    return this.#start('delete', request, asItIs);
  }

  /**
   * Creates, updates or deletes a gateway, whichever its configuration asks for.
   *
   * @throws {InvalidRequestError} as `create` does.
   * @throws {AlreadyRunningError} if `request.owe` is given, and something runs for the gateway.
   * @example
   * ```ts
   * const run = await client.apply({ resourceType: 'internet_gateway', resourceId: '429e24b5-a2f0-4fb8-b467-e335857e9476' });
   * const outcome = await run.result();
   * if (outcome.kind === 'failed' || outcome.kind === 'cancelled') console.error(outcome.message);
   * ```
   */
  async apply(request: ChangeRequest): Promise<GatewayRun<ChangeOutcome>> {
    return this.#start('apply', request, asItIs);
  }

  /**
   * The latest change of a gateway, whichever it is and whoever started it. `null` if Temporal knows no change of the gateway.
   *
   * @throws {InvalidRequestError} as `create` does.
   * @example
   * ```ts
   * const run = await client.find({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' });
   * await run?.cancel();
   * ```
   */
  async find(ref: GatewayRef): Promise<GatewayRun<ChangeOutcome> | null> {
    const gateway = validRef(ref);
    const found = await this.#describe(gateway);
    return found && new GatewayRun(this.#temporal, this.#runOf(gateway, found), gateway, asItIs);
  }

  /**
   * How far a gateway's latest change is, or how it ended.
   *
   * @throws {InvalidRequestError} as `create` does.
   * @example
   * ```ts
   * const status = await client.status({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' });
   * if (status.kind === 'ended') console.log(status.outcome.kind, status.endedAt);
   * ```
   */
  async status(ref: GatewayRef): Promise<GatewayStatus> {
    const gateway = validRef(ref);
    const workflowId = workflowIdOf(gateway);
    const found = await this.#describe(gateway);
    if (!found) return { kind: 'not found', workflowId };
    const { runId, startTime: startedAt, closeTime: endedAt } = found;
    const run = this.#runOf(gateway, found);
    if (endedAt)
      return { kind: 'ended', workflowId, runId, startedAt, endedAt, outcome: await run.outcome() };
    const answer = await queryProgress(this.#temporal, run.handle, { timeoutMs: 3_000 });
    const progress = answer && (await new QueuePlaces(this.#temporal).shown(answer));
    return { kind: 'running', workflowId, runId, startedAt, progress };
  }

  /**
   * Waits for the end of a change that was started elsewhere. Outcomes are values, as in `GatewayRun.result`.
   *
   * @throws {ChangeNotFoundError} if Temporal knows no change of the gateway.
   * @example
   * ```ts
   * const outcome = await client.result({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' });
   * ```
   */
  async result(ref: GatewayRef, options: { readonly signal?: AbortSignal } = {}): Promise<ChangeOutcome> {
    return (await this.#existing(ref)).result(options);
  }

  /**
   * Watches a change that was started elsewhere, as `GatewayRun.watch` does.
   *
   * @throws {ChangeNotFoundError} at the first step of the iteration, if Temporal knows no change of the gateway.
   * @example
   * ```ts
   * for await (const progress of client.watch({ resourceType: 'vpn_gateway', resourceId: '4fab887d-8f73-40e6-b2d8-2426255231bf' })) render(progress);
   * ```
   */
  async *watch(ref: GatewayRef, options: WatchOptions = {}): AsyncGenerator<Progress, void, void> {
    yield* (await this.#existing(ref)).watch(options);
  }

  /**
   * The queues of router pairs: the gateways that wait, those in a batch, and what blocks the batch. Lists all pairs whose workflows run, in
   * the order of their workflow ids. A pair that is not listed has no gateway waiting and none in a batch.
   *
   * @param pair lists only this pair: `A+B` with the ids of its edge routers in any order, or its workflow id; `A`: the pairs of this router.
   * @throws {InvalidRequestError} if `pair` names neither.
   * @example
   * ```ts
   * for (const { workflowId, queue } of await client.queue()) console.log(workflowId, queue?.phase, queue?.waiting.length);
   * ```
   */
  async queue(pair?: string): Promise<readonly PairStatus[]> {
    return runningPairs(this.#temporal, pair === undefined ? undefined : validPair(pair));
  }

  async #start<O extends ChangeOutcome>(
    asked: RequestedAction,
    request: ChangeRequest,
    read: (outcome: ChangeOutcome) => O,
  ): Promise<GatewayRun<O>> {
    const input = validRequest(request);
    const run = await startChange(this.#temporal, asked, input);
    return new GatewayRun(this.#temporal, new VersionRun(this.#temporal, run, input, asked), input, read);
  }

  async #existing(ref: GatewayRef): Promise<GatewayRun<ChangeOutcome>> {
    const run = await this.find(ref);
    if (!run) throw new ChangeNotFoundError(workflowIdOf(ref), this.#temporal.client.options.namespace);
    return run;
  }

  async #describe(gateway: GatewayRef): Promise<WorkflowExecutionDescription | null> {
    const handle = this.#temporal.client.workflow.getHandle(workflowIdOf(gateway));
    try {
      return await this.#temporal.call(() => handle.describe());
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  /** The described run and the runs that it goes on as. A run that is started after their end is another change, and not part of it. */
  #runOf(gateway: GatewayRef, { workflowId, runId }: WorkflowExecutionDescription): VersionRun {
    return new VersionRun(this.#temporal, { workflowId, runId }, gateway, null);
  }
}
