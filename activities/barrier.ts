/**
 * Two routers, one decision: each side says that it is ready, or that it failed, and learns what holds for both.
 * The first side to fail tells the other, whatever it is doing.
 */
export interface Barrier {
  /**
   * Waits until both sides are ready, then runs `decide` once. Resolves for both sides with what it gave;
   * rejects for both when it throws, or with the other side's error when that failed.
   */
  ready(): Promise<void>;
  /** This side will never be ready. */
  fail(error: unknown): void;
}

export function createBarrier(sides: number, decide: () => Promise<void>): Barrier {
  let waiting = sides;
  let open!: () => void;
  let refuse!: (error: unknown) => void;
  const decision = new Promise<void>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  // A side that failed by itself does not wait for the decision.
  decision.catch(() => undefined);
  return {
    ready() {
      waiting -= 1;
      if (waiting === 0) decide().then(open, refuse);
      return decision;
    },
    fail: refuse,
  };
}
