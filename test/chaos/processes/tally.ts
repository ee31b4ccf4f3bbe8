/** How often each fault came, over all seeds of a run. */
import type { Evidence } from '../evidence.ts';
import type { Schedule } from './schedule.ts';
import { describeFault } from './faults.ts';
import type { Fault } from './faults.ts';

export function hasCome(fault: Fault, { faults }: Evidence): boolean {
  return faults.some(({ what }) => what.startsWith(describeFault(fault)));
}

export class Tally {
  private readonly counts = new Map<string, { drawn: number; came: number }>();

  add({ faults }: Schedule, evidence: Evidence): void {
    for (const fault of faults) {
      const { deed, when } = fault;
      const what =
        'program' in deed
          ? `${deed.kind} ${deed.program.replace(/^etcd-\d$/, 'a member of etcd').replace(/-\d$/, '')}`
          : 'link' in deed
            ? `${deed.kind} ${linkOf(deed.link)}`
            : deed.kind;
      const came = hasCome(fault, evidence);
      this.count(what, came);
      this.count(
        `moment: ${when.kind === 'request' ? `${when.kind} ${linkOf(when.link)}` : when.kind}`,
        came,
      );
      if (deed.kind === 'router does')
        this.count(
          'router does, and is come by',
          evidence.faults.some(({ what: told }) =>
            told.startsWith(`come by: ${deed.outcome.kind} at ${deed.point.rpc} of ${deed.point.router}`),
          ),
        );
    }
  }

  lines(): readonly string[] {
    return [...this.counts]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([what, { drawn, came }]) => `  ${what}: came ${came} of ${drawn} times`);
  }

  private count(what: string, came: boolean): void {
    const { drawn, came: before } = this.counts.get(what) ?? { drawn: 0, came: 0 };
    this.counts.set(what, { drawn: drawn + 1, came: before + (came ? 1 : 0) });
  }
}

/** To what, whichever worker's it is. */
function linkOf(link: string): string {
  const to = link.split(' ').at(-1) ?? '';
  return to.length === 1 ? 'router' : to.replace(/^etcd-\d$/, 'a member of etcd');
}
