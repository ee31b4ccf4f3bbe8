/** What a session edits: the candidate that all share, or a private copy of its own. */

import type { Config } from './config.ts';
import type { Router } from './router.ts';
import type { Loaded } from './set-lines.ts';

/** An edit as a function, so that a private copy can be brought onto what runs by the time it is committed. */
export type Change = (config: Config) => Loaded;

export interface Workspace {
  readonly kind: 'shared' | 'private';
  readonly config: Config;
  change(change: Change): Loaded;
  /** Drops all edits. */
  reset(): void;
  /** What a commit would make run. */
  target(): Config;
  /** Its edits run now. */
  committed(config: Config): void;
}

export function sharedWorkspace(router: Router, session: number, user: string): Workspace {
  const { candidate } = router;
  return {
    kind: 'shared',
    get config() {
      return candidate.config;
    },
    change(change) {
      const loaded = change(candidate.config);
      if (loaded.config === candidate.config) return loaded;
      candidate.change(loaded.config, session);
      const locked = router.lock.owner?.session === session;
      router.note(() => ({ kind: 'edited', user, session, locked }));
      return loaded;
    },
    reset() {
      const { modifiedBy: edits } = candidate;
      candidate.reset(router.running());
      if (edits !== undefined) router.note(() => ({ kind: 'discarded', user, session, edits }));
    },
    target: () => candidate.config,
    committed(config) {
      if (candidate.config === config) candidate.reset(config);
    },
  };
}

export function privateWorkspace(router: Router): Workspace {
  let config = router.running();
  let changes: readonly Change[] = [];
  const reset = (): void => {
    config = router.running();
    changes = [];
  };
  return {
    kind: 'private',
    get config() {
      return config;
    },
    change(change) {
      const loaded = change(config);
      config = loaded.config;
      changes = [...changes, change];
      return loaded;
    },
    reset,
    target: () => changes.reduce((at, change) => change(at).config, router.running()),
    committed() {
      reset();
      router.candidate.reset(router.running());
    },
  };
}
