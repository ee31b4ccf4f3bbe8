/** No password or key is anywhere but in etcd's configuration and job records. */
import type { Case } from './case.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('secrets');
const ALLOWED = ['/config/', '/jobs/'];

interface Place {
  readonly name: string;
  readonly text: string;
  readonly at: number | null;
}

export function secrets({
  evidence: { canaries, texts, writes, workflows, routers },
}: Case): readonly Violation[] {
  const places: readonly Place[] = [
    ...texts.map(({ name, text }) => ({ name, text, at: null })),
    ...writes
      .filter(({ key }) => !ALLOWED.some((prefix) => key.startsWith(prefix)))
      .map(({ key, value, seenAt }) => ({ name: `etcd ${key}`, text: `${key} ${value ?? ''}`, at: seenAt })),
    ...workflows.map((one) => ({ name: one.workflowId, text: JSON.stringify(one), at: null })),
    ...routers.flatMap(({ name, tape }) =>
      tape.flatMap((entry) =>
        entry.kind === 'committed'
          ? [{ name, text: `${entry.log ?? ''}\n${entry.config}`, at: entry.at }]
          : [],
      ),
    ),
  ];
  const shapes = canaries.map((canary) => ({ canary, forms: formsOf(canary) }));
  return places.flatMap(({ name, text, at }) =>
    shapes
      .filter(({ forms }) => forms.some((form) => text.includes(form)))
      .map(({ canary }) => violation(name, 'no secret', `one of ${canary.length} characters`, at)),
  );
}

/** All forms of a secret that are searched for: as it is, as in JSON, as in a URL, in hexadecimal, and in base64, wherever it stands in a longer text. */
function formsOf(canary: string): readonly string[] {
  const bytes = Buffer.from(canary);
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last digits depend on what is around it.
    return whole.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  return [
    ...new Set([
      canary,
      JSON.stringify(canary).slice(1, -1),
      encodeURIComponent(canary),
      bytes.toString('hex'),
      ...base64,
    ]),
  ];
}
