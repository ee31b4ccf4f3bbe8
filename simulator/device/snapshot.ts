/** A router's state as plain JSON: the part that survives a restart, and all of it for an inspection. */

import type { Config } from './config/config.ts';
import { readConfig } from './config/load-text.ts';
import { textOf } from './config/text-form.ts';
import type { DeviceSnapshot } from './device.ts';
import type { EngineState } from './engines.ts';
import type { Commit } from './history.ts';
import type { RouterModel } from './model.ts';
import type { Inspection } from './tape.ts';

export function snapshotOf({ history, pending }: EngineState, lastSession: number): DeviceSnapshot {
  const { current } = pending;
  return {
    version: 1,
    history: history.commits.map(({ config, ...rest }) => ({
      ...rest,
      config: textOf(config),
    })),
    lastSession,
    ...(current
      ? {
          pending: {
            sequence: current.sequence,
            deadline: current.deadline,
            fallback: textOf(current.fallback),
            ...(current.session === undefined ? {} : { endsWithSession: true as const }),
          },
        }
      : {}),
  };
}

/** The commits of a snapshot. Equal texts are read once and become the same configuration. */
export function commitsOf(snapshot: DeviceSnapshot): readonly Commit[] {
  const read = new Map<string, Config>();
  const configOf = (text: string): Config => {
    const config = read.get(text) ?? readConfig(text);
    read.set(text, config);
    return config;
  };
  return snapshot.history.map((entry) => ({ ...entry, config: configOf(entry.config) }));
}

export function inspect(router: RouterModel): Inspection {
  const { owner } = router.lock;
  const { current } = router.pending;
  const author = router.pendingAuthor();
  return {
    running: textOf(router.running()),
    candidate: textOf(router.candidate.config),
    lock: owner ? { user: owner.user, session: owner.session } : null,
    pending: current && author ? { ...author, until: current.deadline } : null,
    sessions: [...router.sessions.values()].map(({ id, user }) => ({ id, user })),
  };
}
