/** Progress as lines: the present state for a terminal whose lines can be redrawn, the changes for any other output. Pure. */
import type { Progress, StepProgress } from '../gateway/messages.ts';
import { printable } from './printable.ts';
import { drawn, SPINNER, type Line, type DrawOptions, type Style } from './style.ts';
import { cutTo, widthOf, wrapped } from './width.ts';

export interface ViewOptions extends DrawOptions {
  /** The present time in milliseconds since the epoch: the time of a running step counts up to it. */
  readonly now: number;
}

/** Shown while no worker has answered for a change; in two parts, as `stepWords`. */
export const NO_WORKER_WORDS = ['waits for a worker', ' to take it up'] as const;
export const NO_WORKER = NO_WORKER_WORDS.join('');

const FRAME_MS = 100;

/**
 * How several gateways stand at one moment: a head and a line per step for each.
 *
 * @example
 * vpn_gateway 4fab887d… version 1 vpn-gw
 *   ✓ plan                0.1 s
 *   ⠙ apply               3.2 s  blocked: MX-2: locked by alice; waits for MX-1, MX-2; in a batch of 1 (reserving)
 */
export function progressLines(all: readonly Progress[], options: ViewOptions): string[] {
  return all
    .flatMap((progress) => [headOf(progress, options.columns), ...stepsOf(progress, options)])
    .map((line) => drawn(line, options));
}

/**
 * The changes between two moments, for an output that can't be drawn over: a line for each step that began or ended.
 *
 * @example
 * vpn_gateway 4fab887d…: apply begins, waits for MX-1, MX-2
 * vpn_gateway 4fab887d…: apply done after 6.1 s
 */
export function changedLines(before: Progress | null, after: Progress): string[] {
  const subject = `${after.gateway.resourceType} ${after.gateway.resourceId}`;
  return after.steps.flatMap((step, index) => {
    const earlier = before?.steps[index];
    if (earlier?.step === step.step && earlier.status === step.status) {
      return earlier.blockedBy === step.blockedBy || step.status !== 'running'
        ? []
        : [`${subject}: ${blockOf(step)}`];
    }
    return [`${subject}: ${changeOf(step)}`];
  });
}

/**
 * A line for a change that no worker answers for, where lines can't be drawn over.
 *
 * @example
 * vpn_gateway 4fab887d…: waits for a worker to take it up
 */
export function noWorkerLine({ gateway: { resourceType, resourceId } }: Pick<Progress, 'gateway'>): string {
  return `${resourceType} ${resourceId}: ${NO_WORKER}`;
}

/** A new reason for waiting gets a line. A new place in the queue does not: there would be too many. */
function blockOf(step: StepProgress): string {
  return step.blockedBy === undefined ? `${step.step} goes on` : `${step.step} ${aside(step)}`;
}

function changeOf(step: StepProgress): string {
  const words = aside(step);
  const after = step.until === undefined ? '' : ` after ${seconds(spanOf(step, 0))}`;
  const change = step.status === 'running' ? 'begins' : `${step.status}${after}`;
  return `${step.step} ${change}${words === '' ? '' : `, ${words}`}`;
}

/** The first line of a gateway. On a narrow terminal the words before the outcome are cut, the name first, because the outcome matters more. */
export function headOf(progress: Progress, columns = Number.POSITIVE_INFINITY): Line {
  const { gateway, name, outcome } = progress;
  const subject = printable(`${gateway.resourceType} ${gateway.resourceId}`);
  const version = versionOf(progress);
  const end = outcome === 'running' ? '' : ` ${outcome}`;
  const called = name === null ? '' : ` ${printable(name)}`;
  const room = Math.max(0, columns - end.length);
  const left = Math.max(0, room - widthOf(subject));
  return [
    ['bold', cutTo(subject, room)],
    ['plain', cutTo(`${version}${called}`, left)],
    [outcome === 'running' ? 'plain' : styleOf(outcome), end],
  ];
}

/** An update leads from the version that stands to another one. A deletion leads from the version that stands to nothing. */
function versionOf({ gateway: { version }, action, standing }: Progress): string {
  if (version === null) return '';
  if (action === 'create' || standing === undefined) return ` version ${version}`;
  return action === 'delete'
    ? ` version ${version}, deletion of version ${standing}`
    : ` version ${standing} → ${version}`;
}

const NOT_MADE: readonly Progress['outcome'][] = ['superseded', 'failed', 'cancelled'];

function styleOf(outcome: Progress['outcome']): Style {
  if (outcome === 'running') return 'cyan';
  return NOT_MADE.includes(outcome) ? 'red' : 'green';
}

/** A mark for a gateway as a whole. */
export function markOf(outcome: Progress['outcome'], now: number): Line[number] {
  if (outcome === 'running') return ['cyan', frame(now)];
  return NOT_MADE.includes(outcome) ? ['red', '✗'] : ['green', '✓'];
}

/** The step with its time, and what it waits for: `apply 3.2 s`, `, blocked: MX-2: locked by alice; waits for MX-1, MX-2` */
export function stepWords(step: StepProgress, now: number): readonly [string, string] {
  const words = aside(step);
  return [`${step.step} ${seconds(spanOf(step, now))}`, words === '' ? '' : `, ${words}`];
}

function stepsOf({ steps, outcome }: Progress, { now, columns }: ViewOptions): Line[] {
  if (steps.length === 0 && outcome === 'running')
    return [
      [
        ['cyan', `  ${frame(now)} `],
        ['plain', NO_WORKER],
      ],
    ];
  return steps.flatMap((step) => stepOf(step, outcome === 'running', { now, columns }));
}

/** What a running step waits for is never cut off: if it does not fit beside the step, it has lines of its own below. */
function stepOf(
  step: StepProgress,
  goesOn: boolean,
  { now, columns = Number.POSITIVE_INFINITY }: Pick<ViewOptions, 'now'> & { columns: number | undefined },
): Line[] {
  const words = aside(step);
  const start = ` ${step.step.padEnd(17)}${seconds(spanOf(step, now)).padStart(8)}`;
  const head: Line = [['plain', '  '], mark(step, goesOn, now), ['plain', start]];
  if (words === '') return [head];
  const fits = widthOf(`  ✓${start}  ${words}`) <= columns;
  if (fits || !goesOn || step.status !== 'running') return [[...head, ['dim', `  ${words}`]]];
  const below = wrapped(words, Math.max(1, columns - BELOW.length));
  return [head, ...below.map((text): Line => [['dim', `${BELOW}${text}`]])];
}

const BELOW = '      ';

function mark({ status }: StepProgress, goesOn: boolean, now: number): Line[number] {
  if (status === 'done') return ['green', '✓'];
  if (status === 'failed') return ['red', '✗'];
  // If the change has ended and the step still says `running`, the last answer is older: how the step ended is not known.
  return goesOn ? ['cyan', frame(now)] : ['dim', '·'];
}

function frame(now: number): string {
  return SPINNER.charAt(Math.floor(now / FRAME_MS) % SPINNER.length);
}

/** The cause of a wait comes first. */
function aside({ blockedBy, waitingFor, note }: StepProgress): string {
  const waits = waitingFor === undefined ? '' : `waits for ${printable(waitingFor)}`;
  const told = [waits, printable(note ?? '')].filter((part) => part !== '').join(', ');
  return [causeOf(blockedBy), told].filter((part) => part !== '').join('; ');
}

function causeOf(blockedBy: string | undefined): string {
  return blockedBy === undefined ? '' : `blocked: ${printable(blockedBy)}`;
}

/** Time of a step in milliseconds. The workflow's clock and this computer's may differ a little, so a negative time counts as 0. */
function spanOf({ since, until }: StepProgress, now: number): number {
  return Math.max(0, (until === undefined ? now : Date.parse(until)) - Date.parse(since));
}

export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
