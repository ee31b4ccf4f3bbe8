/** The router's parts, as the operations see them. */

import { createCandidate, type Candidate } from './candidate.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { DeviceUser } from './device.ts';
import type { Faults } from './faults.ts';
import { effective } from './groups.ts';
import { createHistory, type Commit, type History } from './history.ts';
import { createLock, type Lock } from './lock.ts';
import type { DeviceOptions } from './options.ts';
import { createPending, type Pending, type PendingCommit } from './pending.ts';
import { SCHEMA } from './schema.ts';
import { createSerial, type Serial } from './serial.ts';
import type { LiveSession } from './session.ts';
import type { Author, TapeEvent } from './tape.ts';
import { createVrrp, type Vrrp } from './vrrp.ts';

export interface Router {
  readonly name: string;
  readonly clock: Clock;
  readonly options: DeviceOptions;
  readonly users: readonly DeviceUser[];
  readonly faults: Faults;
  readonly lock: Lock;
  readonly candidate: Candidate;
  readonly history: History;
  readonly pending: Pending;
  readonly serial: Serial;
  readonly vrrp: Vrrp;
  readonly sessions: Map<number, LiveSession>;
  /** Interfaces, physical or logical, that were taken down by hand. */
  readonly down: Set<string>;
  /** Counts restarts: what began before one does not go on after it. */
  starts: number;
  /** What runs. */
  running(): Config;
  /** What runs, with everything inherited in place and nothing inactive. */
  effective(): Config;
  /** Makes a configuration run, and remembers it; `event` is what is told of it. */
  activate(commit: Omit<Commit, 'sequence' | 'at'>, event: () => TapeEvent): Commit;
  /** Tells whoever keeps the state that it changed. */
  changed(): void;
  /** Tells whoever listens what happened. Made only if somebody does. */
  note(event: () => TapeEvent): void;
  /** Who made the confirmed commit that is pending; `null` when none is. */
  pendingAuthor(): Author | null;
}

export interface RouterSettings {
  readonly name: string;
  readonly config: Config;
  readonly clock: Clock;
  readonly options: DeviceOptions;
  readonly users: readonly DeviceUser[];
  readonly faults: Faults;
  readonly due: (router: Router, commit: PendingCommit) => void;
  readonly changed: () => void;
  readonly note: Router['note'];
}

export function createRouter(settings: RouterSettings): Router {
  const { clock, options } = settings;
  const history = createHistory(
    { config: settings.config, user: 'root', client: 'other', at: clock.now() },
    options.historyLength,
  );
  let counted: { readonly of: Config; readonly config: Config } | undefined;
  const router: Router = {
    name: settings.name,
    clock,
    options,
    users: settings.users,
    faults: settings.faults,
    lock: createLock(),
    candidate: createCandidate(settings.config),
    history,
    pending: createPending(clock, (commit) => settings.due(router, commit)),
    serial: createSerial(),
    vrrp: createVrrp(
      clock,
      options.delays.vrrpSettle,
      () => ({ config: router.effective(), down: router.down }),
      (unit, state) => settings.note(() => ({ kind: 'vrrp', unit, state })),
    ),
    sessions: new Map(),
    down: new Set(),
    starts: 0,
    running: () => history.newest.config,
    effective() {
      const of = history.newest.config;
      if (counted?.of !== of) counted = { of, config: effective(of, SCHEMA) };
      return counted.config;
    },
    activate(commit, event) {
      const made = history.add({ ...commit, at: clock.now() });
      settings.note(event);
      router.vrrp.refresh();
      settings.changed();
      return made;
    },
    changed: settings.changed,
    note: settings.note,
    pendingAuthor() {
      // What is pending is what was committed last: any later commit would have confirmed it.
      const { user, log = null } = history.newest;
      return router.pending.current ? { user, log } : null;
    },
  };
  router.vrrp.refresh();
  return router;
}
