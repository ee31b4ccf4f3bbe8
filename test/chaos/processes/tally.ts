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
      const { effect, when } = fault;
      const what =
        'program' in effect
          ? `${effect.kind} ${effect.program.replace(/^etcd-\d$/, 'a member of etcd').replace(/-\d$/, '')}`
          : 'link' in effect
            ? `${effect.kind} ${linkOf(effect.link)}`
            : effect.kind;
      const came = hasCome(fault, evidence);
      this.count(what, came);
      this.count(
        `moment: ${when.kind === 'request' ? `${when.kind} ${linkOf(when.link)}` : when.kind}`,
        came,
      );
      if (effect.kind === 'router does')
        this.count(
          'router does, and its point is passed',
          evidence.faults.some(({ what: told }) =>
            told.startsWith(
              `come by: ${effect.outcome.kind} at ${effect.point.rpc} of ${effect.point.router}`,
            ),
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

/** The server of a link, without the worker's name. */
function linkOf(link: string): string {
  const to = link.split(' ').at(-1) ?? '';
  return to.length === 1 ? 'router' : to.replace(/^etcd-\d$/, 'a member of etcd');
}
