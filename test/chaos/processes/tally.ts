/** Counts, over all seeds of a run, how often each fault came, and how the gateways of families ended. */
import { fieldsOf, isFields } from '../checker/records.ts';
import type { Evidence } from '../evidence.ts';
import type { Schedule } from './schedule.ts';
import { describeFault } from './faults.ts';
import type { Fault } from './faults.ts';

export function hasCome(fault: Fault, { faults }: Evidence): boolean {
  return faults.some(({ what }) => what.startsWith(describeFault(fault)));
}

export class Tally {
  private readonly counts = new Map<string, { drawn: number; came: number }>();
  private readonly ends = new Map<string, number>();

  add({ faults, workload }: Schedule, evidence: Evidence): void {
    if (workload.children !== undefined) this.addEnds(evidence);
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
    const sorted = <T>(map: ReadonlyMap<string, T>) =>
      [...map].sort(([one], [other]) => one.localeCompare(other));
    return [
      ...sorted(this.counts).map(([what, { drawn, came }]) => `  ${what}: came ${came} of ${drawn} times`),
      ...sorted(this.ends).map(([what, times]) => `  ${what}: ${times} times`),
    ];
  }

  private addEnds({ writes }: Evidence): void {
    for (const { key, value } of writes) {
      const type = /^\/state\/v2\.0\/(\w+)s\//.exec(key)?.[1];
      const state = fieldsOf(value)?.['state'];
      if (type === undefined || !isFields(state)) continue;
      const what = `${type} ${String(state['worker_state'])}`;
      this.ends.set(what, (this.ends.get(what) ?? 0) + 1);
    }
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
