/** The candidate configuration: one, shared by all sessions. */

import type { Config } from './config.ts';

export interface Candidate {
  readonly config: Config;
  /** The session that changed it last since it equalled what runs; undefined while nobody did. */
  readonly modifiedBy: number | undefined;
  change(config: Config, session: number): void;
  /** Makes it equal to what runs. */
  reset(running: Config): void;
}

export function createCandidate(running: Config): Candidate {
  let config = running;
  let modifiedBy: number | undefined;
  return {
    get config() {
      return config;
    },
    get modifiedBy() {
      return modifiedBy;
    },
    change(next, session) {
      if (next === config) return;
      config = next;
      modifiedBy = session;
    },
    reset(next) {
      config = next;
      modifiedBy = undefined;
    },
  };
}
