/** Secrets in places where no secret may be. */
import { onTape, writesAgain } from '../spoil.ts';
import type { Spoil, Spoilt } from '../spoil.ts';

export const secrets: readonly Spoilt[] = [
  ['in a log', secretIn((secret) => `login with ${secret}`), /one of/],
  ['in a log, in base64', secretIn((secret) => Buffer.from(`x${secret}y`).toString('base64')), /one of/],
  [
    'in a log, in base64, elsewhere',
    secretIn((secret) => Buffer.from(`xy${secret}`).toString('base64')),
    /one of/,
  ],
  ['in a log, in hexadecimal', secretIn((secret) => Buffer.from(secret).toString('hex')), /one of/],
  [
    'in /state',
    (evidence) => writesAgain('/state/', 0, (value) => value + String(evidence.canaries[0]))(evidence),
    /one of/,
  ],
  [
    'in a failure',
    (evidence) => ({
      ...evidence,
      workflows: evidence.workflows.map((one) => ({ ...one, failure: String(evidence.canaries[0]) })),
    }),
    /one of/,
  ],
  [
    "in a commit's log line",
    (evidence) =>
      onTape(0, (entry) =>
        entry.kind === 'committed' ? [{ ...entry, log: String(evidence.canaries[0]) }] : [entry],
      )(evidence),
    /one of/,
  ],
];

function secretIn(make: (secret: string) => string): Spoil {
  return (evidence) => ({ ...evidence, texts: [{ name: 'log', text: make(String(evidence.canaries[0])) }] });
}
