/** Runs schedules one after the other, on the same servers for as long as nothing fails there. */
import { writeReport } from './report.ts';
import { runSchedule } from './run-schedule.ts';
import type { Verdict } from './run-schedule.ts';
import type { Schedule } from './schedule.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

export type Judged = Verdict & {
  /** The folder with the report of a failing run. */
  readonly report?: string;
};

/** After so many runs a site is replaced, so that histories, logs and databases don't grow for ever. */
const RUNS_PER_SITE = 25;

export interface Lane {
  run(schedule: Schedule): Promise<Judged>;
  close(): Promise<void>;
}

export interface LaneRuns {
  /** What becomes of each schedule, in their order; `undefined` if there was no time to begin it. */
  readonly verdicts: readonly Promise<Judged | undefined>[];
  /** Resolves when all servers have ended. */
  readonly ended: Promise<unknown>;
}

/**
 * Runs the schedules in several lanes at once. A lane that is done with one schedule takes the next one. None is begun at `lastBegin` (ms since 1970) or
 * later.
 */
export function runInLanes(
  schedules: readonly Schedule[],
  {
    lanes,
    out,
    lastBegin = Infinity,
  }: { readonly lanes: number; readonly out: string; readonly lastBegin?: number },
): LaneRuns {
  const waiting = schedules.map((schedule) => {
    const settle: { judged?: (judged?: Judged) => void; failed?: (error: unknown) => void } = {};
    const verdict = new Promise<Judged | undefined>((resolve, reject) => {
      settle.judged = resolve;
      settle.failed = reject;
    });
    // The rejection reaches the caller that awaits it; until then it must not count as unhandled.
    verdict.catch(() => undefined);
    return { schedule, verdict, settle };
  });
  const rest = waiting.values();
  const work = async (): Promise<void> => {
    const lane = openLane(out);
    try {
      for (const { schedule, settle } of rest) {
        if (Date.now() >= lastBegin) settle.judged?.();
        else
          await lane.run(schedule).then(
            (judged) => settle.judged?.(judged),
            (error: unknown) => settle.failed?.(error),
          );
      }
    } finally {
      await lane.close();
    }
  };
  const ended = Promise.all(Array.from({ length: lanes }, work));
  return { verdicts: waiting.map(({ verdict }) => verdict), ended };
}

export function openLane(out: string, listen?: (line: string) => void): Lane {
  let site: Site | undefined;
  let runs = 0;
  const close = async (): Promise<void> => {
    await site?.close();
    site = undefined;
    runs = 0;
  };
  return {
    async run(schedule) {
      site ??= await openSite();
      runs += 1;
      const verdict = await runSchedule(site, schedule, listen);
      if (verdict.violations.length === 0) {
        if (runs >= RUNS_PER_SITE) await close();
        return verdict;
      }
      const report = await writeReport(out, verdict);
      await close();
      return { ...verdict, report };
    },
    close,
  };
}
