/** Holds a gateway's saga at a point that a test knows: before an activity begins, or after it has done its work or failed. */
import type { Activities } from '../../activities/index.ts';
import type { GatewayRef } from '../../etcd/keys.ts';

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

type Input = Partial<GatewayRef> & { readonly gateway?: GatewayRef };

export class Holds {
  readonly #points = new Map<string, Point>();

  /** The gateway's next activity of that name is held once. */
  at({ resourceId }: GatewayRef, activity: keyof Activities, moment: Moment): Hold {
    let arrive = (): void => {};
    let release = (): void => {};
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const point = { reached, released, arrive, release };
    this.#points.set(`${resourceId} ${activity} ${moment}`, point);
    return point;
  }

  /** For `openWorld`. */
  readonly wrap = (activities: Activities): Activities => {
    const held = Object.entries(activities).map(([name, activity]) => {
      const run = activity as (input: Input) => Promise<unknown>;
      return [
        name,
        async (input: Input) => {
          const { resourceId } = input.gateway ?? input;
          await this.#pass(`${resourceId} ${name} before`);
          try {
            return await run(input);
          } finally {
            await this.#pass(`${resourceId} ${name} after`);
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
