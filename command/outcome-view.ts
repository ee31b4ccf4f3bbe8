import type { ChangeOutcome } from '../client/index.ts';
import { isAsAsked } from '../client/outcome.ts';
import type { RequestedAction } from '../client/request.ts';
import { printable } from './printable.ts';
import { drawn, type Line, type DrawOptions } from './style.ts';

/** How a change ended, for a person. */
export function outcomeLines(
  outcome: ChangeOutcome,
  { color, ascii = false }: Omit<DrawOptions, 'columns'>,
): string[] {
  return [
    ...headLines(outcome),
    ...owedLines(outcome),
    ...vrrpLines(outcome),
    ...compensationLines(outcome),
  ].map((line) => drawn(line, { color, ascii }));
}

/**
 * How one of several changes ended: a line, and one for each compensation that failed.
 *
 * @example
 * vpn_gateway 4fab…: updated to version 2
 * vpn_gateway 5fab…: failed (RouterUnreachable): MX-1: …
 */
export function namedOutcomeLines(
  subject: string,
  outcome: ChangeOutcome,
  { color, ascii = false }: Omit<DrawOptions, 'columns'>,
): string[] {
  return [...headLines(outcome), ...owedLines(outcome), ...compensationLines(outcome)].map((line) =>
    drawn([['plain', `${subject}: `], ...line], { color, ascii }),
  );
}

/** Why a change that was made is not what was asked for. `undefined`: it is what was asked for, or it was not made. */
export function contradictionOf(
  asked: RequestedAction | 'cancel',
  outcome: ChangeOutcome,
): string | undefined {
  if (isFailure(outcome) || isAsAsked(asked, outcome)) return undefined;
  if (asked === 'cancel') return 'not as asked: the cancel came too late';
  const isMarked = outcome.kind === 'deleted' ? 'is' : 'is not';
  return `not as asked: ${asked} was asked for, and version ${outcome.gateway.version} ${isMarked} marked for deletion`;
}

/** What stands on the routers after a change. */
export function standingLine(outcome: ChangeOutcome): string {
  if (!isFailure(outcome))
    return outcome.kind === 'deleted'
      ? `stands: nothing${outcome.owed ? `, but for what ${printable(outcome.owed.name)} may carry` : ''}`
      : `stands: version ${outcome.gateway.version}`;
  if (outcome.kind === 'superseded') return `stands: see version ${outcome.by}`;
  return outcome.compensation.length === 0
    ? 'stands: what stood before'
    : 'stands: see what is not undone; gateway-saga doctor looks at the routers';
}

/** How a version was made, also where it counts as created (`creationOutcome`). Otherwise the kind of the outcome. */
export function madeAs(outcome: Made): Made['kind'];
export function madeAs(outcome: ChangeOutcome): ChangeOutcome['kind'];
export function madeAs(outcome: ChangeOutcome): ChangeOutcome['kind'] {
  return outcome.kind === 'created' ? (outcome.was ?? 'created') : outcome.kind;
}

function headLines(outcome: ChangeOutcome): Line[] {
  if (!isFailure(outcome)) {
    const before = outcome.alreadyEnded ? ' before; nothing was touched now' : '';
    const made = madeAs(outcome);
    return [
      [
        ['green', made],
        ['plain', `${MADE[made](outcome.gateway.version)}${before}`],
      ],
    ];
  }
  // The message says all: "superseded by version 3".
  if (outcome.kind === 'superseded') return [[['red', printable(outcome.message)]]];
  const head = outcome.kind === 'failed' ? `failed (${outcome.type})` : 'cancelled';
  return [
    [
      ['red', head],
      ['plain', `: ${printable(outcome.message)}`],
    ],
  ];
}

type Failure = Extract<ChangeOutcome, { readonly message: string }>;
type Made = Exclude<ChangeOutcome, Failure>;

const MADE: Readonly<Record<Made['kind'], (version: number) => string>> = {
  created: (version) => ` version ${version}`,
  updated: (version) => ` to version ${version}`,
  unchanged: (version) => ` at version ${version}: nothing had to change on the routers`,
  deleted: (version) => ` at version ${version}`,
};

function isFailure(outcome: ChangeOutcome): outcome is Failure {
  return 'message' in outcome;
}

function vrrpLines(outcome: ChangeOutcome): Line[] {
  const { primary, secondary } = (!isFailure(outcome) && outcome.kind !== 'deleted' && outcome.routers) || {};
  if (primary === undefined || secondary === undefined) return [];
  return [[['plain', `VRRP: primary ${word(primary.vrrp)}, secondary ${word(secondary.vrrp)}`]]];
}

function owedLines(outcome: ChangeOutcome): Line[] {
  const { owed } = isFailure(outcome) ? {} : outcome;
  if (owed === undefined) return [];
  const router = printable(owed.name);
  const words =
    owed.is === 'owed'
      ? `${router} owes its removal: it is made when the router can be reached`
      : `${router} is retired: its removal there was dropped`;
  return [[['yellow', words]]];
}

function compensationLines(outcome: ChangeOutcome): Line[] {
  if (!isFailure(outcome)) return [];
  return outcome.compensation.map((line): Line => [
    ['red', 'not undone'],
    ['plain', `: ${printable(line)}`],
  ]);
}

function word(vrrp: string | null): string {
  return vrrp === null ? 'not configured' : printable(vrrp);
}
