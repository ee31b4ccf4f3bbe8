import type { Progress } from '../gateway/messages.ts';
import { queryProgress } from './query.ts';
import type { CancelAnswer, CancelOptions, VersionRun } from './version-run.ts';
import type { ChangeOutcome, GatewayOutcome } from './outcome.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Temporal } from './temporal.ts';
import { watchRuns, type WatchOptions } from './watch.ts';

/**
 * A change that was started or joined. `O`: how it may end.
 *
 * @example
 * ```ts
 * const run = await client.create({ resourceType: 'vpn_gateway', resourceId: id });
 * for await (const { steps } of run.watch()) console.log(steps.at(-1)?.step);
 * const outcome = await run.result();
 * ```
 */
export class GatewayRun<O extends ChangeOutcome = GatewayOutcome> {
  readonly gateway: GatewayRef;
  /** `<type>:<id>`, as in the Web UI. */
  readonly workflowId: string;
  readonly #temporal: Temporal;
  readonly #version: number | undefined;
  readonly #first: VersionRun;
  readonly #read: (outcome: ChangeOutcome) => O;

  /** @internal Runs come from `GatewayClient`. */
  constructor(
    temporal: Temporal,
    run: VersionRun,
    { version, ...gateway }: GatewayRef & { readonly version?: number },
    read: (outcome: ChangeOutcome) => O,
  ) {
    this.#temporal = temporal;
    this.#first = run;
    this.#version = version;
    this.#read = read;
    this.gateway = gateway;
    this.workflowId = run.workflowId;
  }

  /**
   * Waits for the end. If the run was joined, and its end says nothing about the request, this starts another run and waits for the end of that one. A
   * failed or cancelled change is a value, never thrown. Rejects if the Temporal server can't be reached, if the client is closed meanwhile, and with
   * the signal's reason once the signal is aborted.
   *
   * @example
   * ```ts
   * const outcome = await run.result();
   * if (outcome.kind === 'failed' && outcome.type === FAILURES.RouterUnreachable) alert(outcome.message);
   * ```
   */
  async result(options: { readonly signal?: AbortSignal } = {}): Promise<O> {
    let run = this.#first;
    for (;;) {
      const outcome = await run.outcome(options.signal);
      const next = await run.next(outcome);
      if (!next) return this.#read(outcome);
      run = next;
    }
  }

  /**
   * The progress of the change. `null` if no worker answered within `timeoutMs` (default 10 000), which says nothing about the change itself.
   *
   * @example
   * ```ts
   * const progress = await run.progress();
   * console.log(progress?.steps.find((step) => step.status === 'running')?.waitingFor);
   * ```
   */
  async progress(options: { readonly timeoutMs?: number } = {}): Promise<Progress | null> {
    return queryProgress(this.#temporal, this.#first.latest.handle, {
      timeoutMs: options.timeoutMs ?? 10_000,
    });
  }

  /**
   * Yields progress as it changes. The first value comes at once, without steps; the last one has an `outcome` other than `running`. Goes on
   * while no worker runs. Leaving the loop ends the watching, not the change.
   *
   * @example
   * ```ts
   * for await (const progress of run.watch({ intervalMs: 1_000 })) render(progress);
   * ```
   */
  watch(options: WatchOptions = {}): AsyncIterable<Progress> {
    const blank: Progress = {
      gateway: { ...this.gateway, version: this.#version ?? null },
      name: null,
      steps: [],
      outcome: 'running',
    };
    return watchRuns(this.#temporal, this.#first, blank, this.#read, options);
  }

  /**
   * Requests the saga to revert the change and to end: both routers are then as they were before. The request has no effect once the saga has requested
   * its pair to confirm the change, or has ended. `result()` tells how the change ended. The outcome and `/state` have the reason, and who gave it. A
   * second cancel changes nothing, and its reason is not kept. The answer says so, and whether a run has taken the cancel.
   *
   * @throws {ChangeNotFoundError} if Temporal knows nothing of the change any more, as the other methods do.
   * @example
   * ```ts
   * await run.cancel({ reason: 'wrong VLAN', by: 'alice' });
   * console.log((await run.result()).kind); // 'cancelled', or 'created' if it was too late
   * ```
   */
  async cancel(options: CancelOptions = {}): Promise<CancelAnswer> {
    return this.#temporal.callAbout(this.workflowId, () => this.#first.latest.cancel(options));
  }
}
