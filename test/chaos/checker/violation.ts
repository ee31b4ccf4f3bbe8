/** The nine promises that a run is judged by. */
export const INVARIANTS = [
  'pair',
  'state',
  'evidence',
  'ownership',
  'clean',
  'order',
  'liveness',
  'secrets',
  'once',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** A promise that was not kept. */
export interface Violation {
  readonly invariant: Invariant;
  /** Where it was not kept: a gateway, a router, a key or a workflow. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** When the violation can be seen first, in ms since the epoch. `null`: at the end. */
  readonly at: number | null;
}

/** Makes violations of one invariant. */
export function violationsOf(invariant: Invariant) {
  return (subject: string, expected: string, found: string, at: number | null = null): Violation => ({
    invariant,
    subject,
    expected,
    found,
    at,
  });
}
