/**
 * Halts a gateway's saga, or its pair, at a known point: before an activity begins, or after the activity has done its work or failed.
 */
import type { Activities } from '../../activities/index.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { pairIdOf } from '../../pair/messages.ts';
import type { ReplyTo, PairMember } from '../../pair/messages.ts';
import type { SettleInput } from '../../pair/transactions.ts';

export type Moment = 'before' | 'after';

export interface Hold {
  /** Resolves when the saga has come to the point. */
  readonly reached: Promise<void>;
  release(): void;
}

interface Point extends Hold {
  arrive(): void;
  readonly released: Promise<void>;
}

/** What the inputs of activities tell of the gateways that they are for. */
interface Input extends Partial<GatewayRef>, Partial<Pick<SettleInput, 'confirm' | 'revert'>> {
  readonly gateway?: GatewayRef;
  readonly request?: Pick<PairMember, 'gateway'>;
  readonly member?: Pick<PairMember, 'gateway'>;
  readonly members?: readonly PairMember[];
  readonly answers?: readonly { readonly replyTo: ReplyTo }[];
  /** The ids of the routers. A plan has the routers by their roles instead. */
  readonly routers?: readonly [string, string] | Readonly<Record<string, unknown>>;
}

export class Holds {
  readonly #points = new Map<string, Point>();

  /** Halts the next activity of that name once: the gateway's, or its pair's for a batch with it. A reservation belongs to a pair: give the pair's workflow id. */
  at({ resourceId }: Pick<GatewayRef, 'resourceId'>, activity: keyof Activities, moment: Moment): Hold {
    let arrive = (): void => {};
    let release = (): void => {};
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const point = { reached, released, arrive, release };
    this.#points.set(`${resourceId} ${activity} ${moment}`, point);
    return point;
  }

  /** The option `wrap` of `openWorld`. */
  readonly wrap = (activities: Activities): Activities => {
    const held = Object.entries(activities).map(([name, activity]) => {
      const run = activity as (input: Input) => Promise<unknown>;
      return [
        name,
        async (input: Input) => {
          const ids = idsOf(input);
          for (const id of ids) await this.#pass(`${id} ${name} before`);
          try {
            return await run(input);
          } finally {
            for (const id of ids) await this.#pass(`${id} ${name} after`);
          }
        },
      ] as const;
    });
    return Object.fromEntries(held) as unknown as Activities;
  };

  async #pass(key: string): Promise<void> {
    const point = this.#points.get(key);
    this.#points.delete(key);
    point?.arrive();
    await point?.released;
  }
}

function idsOf(input: Input): readonly string[] {
  const {
    resourceId,
    gateway,
    request,
    member,
    members = [],
    confirm = [],
    revert = [],
    answers = [],
    routers,
  } = input;
  return [
    resourceId ?? gateway?.resourceId ?? request?.gateway.resourceId ?? member?.gateway.resourceId,
    ...[...members, ...confirm, ...revert].map((one) => one.gateway.resourceId),
    ...answers.map(({ replyTo }) => replyTo.workflowId.split(':')[1]),
    isPair(routers) ? pairIdOf(routers) : undefined,
  ].filter((id) => id !== undefined);
}

function isPair(routers: Input['routers']): routers is readonly [string, string] {
  return Array.isArray(routers);
}

/** For a router: a fault that says when it is met. */
export function meeting(): { readonly met: Promise<void>; readonly when: () => boolean } {
  let arrive = (): void => {};
  const met = new Promise<void>((resolve) => (arrive = resolve));
  return {
    met,
    when: () => {
      arrive();
      return true;
    },
  };
}
