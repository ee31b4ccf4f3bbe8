/** Of all points that any run has passed: which were struck, and with what. */
import { MEETINGS } from './draw-setting.ts';
import type { Run } from './run.ts';
import { STRIKES, kindsAt } from './strikes.ts';
import type { StrikeKind } from './strikes.ts';
import type { System } from './steps.ts';

export class Coverage {
  /** For each point, how often it was struck with each kind. */
  readonly #points = new Map<string, Map<StrikeKind, number>>();
  readonly #met = new Map<string, number>();

  add({ passed, strikes, met }: Pick<Run, 'passed' | 'strikes' | 'met'>): void {
    for (const point of passed) if (!this.#points.has(point)) this.#points.set(point, new Map());
    for (const { point, kind } of strikes) {
      const struck = this.#points.get(point);
      struck?.set(kind, (struck.get(kind) ?? 0) + 1);
    }
    if (met !== null) this.#met.set(met, (this.#met.get(met) ?? 0) + 1);
  }

  /** In a few lines. */
  summary(): string {
    const all = [...this.#points].map(([point, struck]) => ({ kinds: kindsOf(point), struck }));
    const byKind = STRIKES.map((kind) => {
      const able = all.filter(({ kinds }) => kinds.includes(kind));
      return `${kind} ${able.filter(({ struck }) => struck.has(kind)).length} of ${able.length}`;
    });
    const never = all.filter(({ struck }) => struck.size === 0).length;
    const met = MEETINGS.filter((one) => this.#met.has(one)).length;
    return (
      `points struck, of ${all.length} known: ${byKind.join(', ')}; never ${never}\n` +
      `meetings that came about: ${met} of ${MEETINGS.length}\n`
    );
  }

  /** A line for each point and each meeting. */
  list(): string {
    const points = [...this.#points].sort(([one], [other]) => (one < other ? -1 : 1));
    const counts = (struck: ReadonlyMap<string, number>) =>
      [...struck].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'never';
    return [
      ...points.map(([point, struck]) => `${point}: ${counts(struck)}\n`),
      ...MEETINGS.map((one) => `meeting ${one}: ${this.#met.get(one) ?? 'never'}\n`),
    ].join('');
  }
}

function kindsOf(point: string): readonly StrikeKind[] {
  const [, moment, call = ''] = /: (before|after) (.*)$/.exec(point) ?? [];
  const system: System = call.startsWith('etcd ')
    ? 'etcd'
    : call.startsWith('temporal ')
      ? 'temporal'
      : 'router';
  return kindsAt(moment === 'before' ? 'before' : 'after', system);
}
