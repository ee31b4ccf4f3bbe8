/**
 * Waits until a parent or a child has ended its change. The wait costs no activity: whoever ends wakes those that wait, by a signal. The signal is only
 * a doorbell, and may come before the wait has begun. So after each wait the saga registers again, and registering looks. The signal names who has ended: if
 * the saga does not wait for that gateway, an earlier run was terminated while it waited there, and registering removes what that run has left.
 */
import { condition, defineSignal, log as logger, setHandler } from '@temporalio/workflow';
import { gatewayText, LENGTHS, oneLine } from '../gateway/display.ts';
import { WAKE_SIGNAL } from '../gateway/messages.ts';
import type { Awaited } from '../gateway/outcomes.ts';
import { readRequest } from '../gateway/request.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { ProgressLog } from './progress-log.ts';
import type { Shield } from './shield.ts';

const wakeSignal = defineSignal<[unknown?]>(WAKE_SIGNAL);

/** Registering removes at most so many keys that earlier runs have left: a registration is small. */
const STRANGERS = 8;

/**
 * How long a wait lasts if no wake comes, in ms, for the rare case that a wake is lost. Each further wait is twice as long, until a wake ends one of
 * them.
 */
export const WAIT_TIMES = { firstMs: 10 * 60_000, mostMs: 60 * 60_000 } as const;

export class Waiting {
  #wakes = 0;
  /** Who has woken the saga since the last call of `strangers`. */
  #wokenBy: readonly GatewayRef[] = [];
  #fallbackMs: number = WAIT_TIMES.firstMs;

  /** Sets the handler. Must be constructed before anything is awaited. */
  constructor() {
    setHandler(wakeSignal, (by) => this.#ring(by), {
      description: 'What the saga waits for may have ended: look again',
    });
  }

  /** How often the saga was woken so far. The saga asks for this before the look that says what to wait for, so that no wake is missed in between. */
  get wakes(): number {
    return this.#wakes;
  }

  /** Those who have woken the saga since the last call, and are not the one that it waits for. */
  strangers(awaited: GatewayRef | undefined): readonly GatewayRef[] {
    const strangers = this.#wokenBy.filter((one) => !isSameGateway(awaited, one));
    this.#wokenBy = [];
    return strangers;
  }

  /** A person may have sent the signal, so `by` may be anything. An older release names nobody. */
  #ring(by: unknown): void {
    this.#wakes += 1;
    const read = readRequest(by);
    if (read.kind !== 'request') return;
    const { resourceType, resourceId } = read.request;
    const others = this.#wokenBy.filter((one) => !isSameGateway(one, read.request));
    this.#wokenBy = [...others, { resourceType, resourceId }].slice(-STRANGERS);
  }

  /** Resolves once the saga was woken after `wakes` was read, or after the fallback time. Rejects if the saga is cancelled or superseded meanwhile. */
  async untilWoken(awaited: Awaited, wakes: number, log: ProgressLog, shield: Shield): Promise<void> {
    const words = awaitedText(awaited);
    logger.info(`waits for ${words}`);
    const isWoken = await log.step('wait', words, () =>
      shield.interruptible(() =>
        condition(() => this.#wakes !== wakes, this.#fallbackMs, { summary: `waits for ${words}` }),
      ),
    );
    this.#fallbackMs = isWoken ? WAIT_TIMES.firstMs : Math.min(this.#fallbackMs * 2, WAIT_TIMES.mostMs);
  }
}

/** `vpn_gateway acme-fra (4fab…), version 2, applying` */
function awaitedText({ gateway, name, version, phase }: Awaited): string {
  const who = gatewayText(gateway, name);
  return oneLine(`${who}${version === null ? '' : `, version ${version}`}, ${phase}`, LENGTHS.reason);
}
