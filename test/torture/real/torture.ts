/** Runs schedules one after the other, on the same servers for as long as nothing fails there. */
import { writeReport } from './report.ts';
import { runSchedule } from './run-schedule.ts';
import type { Verdict } from './run-schedule.ts';
import type { Schedule } from './schedule.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** So that histories, logs and databases don't grow for ever. */
const RUNS_PER_SITE = 25;

export interface Chamber {
  /** `report`: the folder that a failing run leaves. */
  run(schedule: Schedule): Promise<Verdict & { readonly report?: string }>;
  close(): Promise<void>;
}

export function torture(out: string, listen?: (line: string) => void): Chamber {
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
      try {
        const verdict = await runSchedule(site, schedule, listen);
        if (verdict.violations.length === 0) {
          if (runs >= RUNS_PER_SITE) await close();
          return verdict;
        }
        const report = await writeReport(out, verdict);
        await close();
        return { ...verdict, report };
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}
