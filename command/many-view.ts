/** Several gateways as one line each, and a summary. Pure. */
import type { ChangeOutcome, ChangeRequest, GatewayRef, Progress } from '../client/index.ts';
import type { Asked } from '../client/request.ts';
import { contradictionOf } from './outcome-view.ts';
import { printable } from './printable.ts';
import { headOf, markOf, NO_WORKER, stepWords, type ViewOptions } from './progress-view.ts';
import { drawn, type Line } from './style.ts';

/** One of the gateways, as far as it is known. */
export interface Followed {
  readonly gateway: ChangeRequest;
  readonly error?: Error | undefined;
  progress?: Progress;
  outcome?: ChangeOutcome;
}

/** Its end may be known from its progress a little before its outcome is. */
export function isRunning({ error, outcome, progress }: Followed): boolean {
  return !error && !outcome && (progress?.outcome ?? 'running') === 'running';
}

export function subjectOf({ resourceType, resourceId }: GatewayRef): string {
  return `${resourceType} ${resourceId}`;
}

/**
 * How one gateway stands at this moment.
 *
 * @example
 * ⠙ vpn_gateway 4fab887d… version 1 → 2 vpn-gw  apply 3.2 s, waits for MX-1, MX-2
 */
export function gatewayLine({ gateway, progress, error }: Followed, options: ViewOptions): string {
  return drawn(lineOf(), options);

  function lineOf(): Line {
    if (error !== undefined)
      return [
        ['red', '✗ '],
        ['bold', subjectOf(gateway)],
        ['plain', `  not started: ${printable(error.message)}`],
      ];
    if (progress === undefined)
      return [
        ['plain', '  '],
        ['bold', subjectOf(gateway)],
      ];
    const { outcome, steps } = progress;
    const running = steps.findLast(({ status }) => status === 'running');
    const words =
      outcome !== 'running'
        ? ''
        : steps.length === 0
          ? NO_WORKER
          : running && stepWords(running, options.now);
    return [
      markOf(outcome, options.now),
      ['plain', ' '],
      ...headOf(progress),
      ['dim', words ? `  ${words}` : ''],
    ];
  }
}

const ORDER = [
  'created',
  'updated',
  'unchanged',
  'deleted',
  'superseded',
  'failed',
  'cancelled',
] as const satisfies readonly ChangeOutcome['kind'][];

/** `3 gateways: 2 deleted, 1 created; 1 not as asked` */
export function summaryLine(all: readonly Followed[], asked: Asked): string {
  const counts = ORDER.map(
    (kind) => [kind, all.filter(({ outcome }) => outcome?.kind === kind).length] as const,
  );
  const notStarted = all.filter(({ error }) => error !== undefined).length;
  const words = [...counts, ['not started', notStarted] as const].filter(([, count]) => count > 0);
  const other = all.filter(({ outcome }) => outcome && contradictionOf(asked, outcome) !== undefined).length;
  const ends = words.map(([word, count]) => `${count} ${word}`).join(', ');
  return `${all.length} gateways: ${ends}${other === 0 ? '' : `; ${other} not as asked`}`;
}
