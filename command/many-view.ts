/** Several gateways as one line each, and a summary. Pure. */
import type { ChangeOutcome, ChangeRequest, Progress } from '../client/index.ts';
import type { RequestedAction } from '../client/request.ts';
import { gatewayText } from '../gateway/display.ts';
import { contradictionOf, madeAs } from './outcome-view.ts';
import { printable } from './printable.ts';
import { headOf, markOf, NO_WORKER_WORDS, stepWords, type ViewOptions } from './progress-view.ts';
import { drawn, type Line } from './style.ts';
import { cutTo, widthOf, wrapped } from './width.ts';

/** One of the gateways, as far as it is known. */
export interface Followed {
  readonly gateway: ChangeRequest;
  /** Why it was not started. */
  readonly error?: Error | undefined;
  /** Why its end can't be read. */
  unread?: Error;
  progress?: Progress;
  outcome?: ChangeOutcome;
}

/** Whether the change still runs. Its progress may show the end a little before its outcome is known. */
export function isRunning({ error, unread, outcome, progress }: Followed): boolean {
  return !error && !unread && !outcome && (progress?.outcome ?? 'running') === 'running';
}

/** Why a gateway has no outcome. */
export function missingOutcomeOf({ error, unread }: Followed): {
  readonly kind: 'not started' | 'not known';
  readonly reason: string;
} {
  const kind = error === undefined ? 'not known' : 'not started';
  return { kind, reason: printable((error ?? unread)?.message ?? '') };
}

/**
 * How one gateway stands at this moment. On a narrow terminal what a step waits for is cut first, because `causeLines` tells it, then the name and the
 * version, then the id.
 *
 * @example
 * ⠙ vpn_gateway 4fab887d… version 1 → 2 vpn-gw  apply 3.2 s, waits for MX-1, MX-2
 */
export function gatewayLine(one: Followed, options: ViewOptions): string {
  const { gateway, progress, error, unread, outcome } = one;
  const columns = (options.columns ?? Number.POSITIVE_INFINITY) - '✓ '.length;
  return drawn(lineOf(), options);

  function lineOf(): Line {
    if (error !== undefined || (unread !== undefined && outcome === undefined)) {
      const { kind, reason } = missingOutcomeOf(one);
      return [
        ['red', '✗ '],
        ['bold', cutTo(gatewayText(gateway), columns - `  ${kind}`.length)],
        ['plain', `  ${kind}`],
        ['plain', `: ${reason}`],
      ];
    }
    if (progress === undefined)
      return [
        ['plain', '  '],
        ['bold', gatewayText(gateway)],
      ];
    const [first, more] = wordsOf(progress, options.now);
    const words = first === '' ? '' : `  ${first}`;
    return [
      markOf(progress.outcome, options.now),
      ['plain', ' '],
      ...headOf(progress, columns - widthOf(words)),
      ['dim', words],
      ['dim', more],
    ];
  }
}

/** What a change that runs is doing, and then what else there is to say of that. */
function wordsOf({ outcome, steps }: Progress, now: number): readonly [string, string] {
  if (outcome !== 'running') return ['', ''];
  if (steps.length === 0) return NO_WORKER_WORDS;
  const running = steps.findLast(({ status }) => status === 'running');
  return running === undefined ? ['', ''] : stepWords(running, now);
}

/** How many causes are told at most. */
const CAUSES = 5;

/**
 * What blocks gateways: each cause once, and none cut off, because a gateway's own line may have no room for its cause.
 *
 * @example
 * 2 blocked: MX-2 is held for maintenance: new line card (alice@jump-host, since 2026-01-02T03:04:05.000Z)
 */
export function causeLines(all: readonly Followed[], options: ViewOptions): string[] {
  const counts = new Map<string, number>();
  for (const { progress } of all.filter(isRunning)) {
    const cause = progress?.steps.findLast(({ status }) => status === 'running')?.blockedBy;
    if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  const causes = [...counts].sort(([, one], [, other]) => other - one);
  const texts = causes.slice(0, CAUSES).map(([cause, count]) => `${count} blocked: ${printable(cause)}`);
  const more = causes.length > CAUSES ? [`${causes.length - CAUSES} more causes`] : [];
  const columns = options.columns ?? Number.POSITIVE_INFINITY;
  return [...texts, ...more].flatMap((text) =>
    wrapped(text, columns).map((line) => drawn([['yellow', line]], options)),
  );
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
export function summaryLine(all: readonly Followed[], asked: RequestedAction | 'cancel'): string {
  const counts = ORDER.map(
    (kind) => [kind, all.filter(({ outcome }) => outcome && madeAs(outcome) === kind).length] as const,
  );
  const notStarted = all.filter(({ error }) => error !== undefined).length;
  const unread = all.filter(({ outcome, error }) => outcome === undefined && error === undefined).length;
  const notTold = [['not started', notStarted] as const, ['not known', unread] as const];
  const words = [...counts, ...notTold].filter(([, count]) => count > 0);
  const other = all.filter(({ outcome }) => outcome && contradictionOf(asked, outcome) !== undefined).length;
  const ends = words.map(([word, count]) => `${count} ${word}`).join(', ');
  return `${all.length} gateways: ${ends}${other === 0 ? '' : `; ${other} not as asked`}`;
}
