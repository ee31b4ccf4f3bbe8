/** One timeline of a run, for a person: what people did, which faults there were, etcd's writes, the routers' tapes, the workflows' histories. */
import type { TapeEntry } from '../../simulator/device/tape.ts';
import { linesOf } from './checker/lines.ts';
import type { Violation } from './checker/violation.ts';
import type { Evidence, RouterEvidence, Write } from './evidence.ts';

export interface Line {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

/**
 * Times are in seconds after the first event. Violations stand at the moment at which they can be seen first. `others`: what happened beside the
 * evidence.
 */
export function timeline(
  evidence: Evidence,
  violations: readonly Violation[] = [],
  others: readonly Line[] = [],
): string {
  const { writes, routers, faults, workflows } = evidence;
  const hide = (text: string) =>
    evidence.canaries.reduce((at, canary) => at.replaceAll(canary, '(secret)'), text);
  const lines: readonly Line[] = [
    ...faults.map(({ at, what }) => ({ at, who: 'FAULT', what })),
    ...writes.filter(({ key }) => !key.startsWith('/config/') || key.includes('_gateways/')).map(writeLine),
    ...routers.flatMap(tapeLines),
    ...workflows.flatMap(({ workflowId, events = [] }) =>
      events.map(({ at, what }) => ({ at, who: 'temporal', what: `${workflowId} ${what}` })),
    ),
    ...others,
    ...violations.flatMap((one) => (one.at === null ? [] : [{ at: one.at, who: 'WRONG', what: told(one) }])),
  ];
  const sorted = lines
    .filter(({ at }) => Number.isFinite(at))
    .map((line, order) => ({ ...line, order }))
    .sort((one, other) => one.at - other.at || one.order - other.order);
  const begin = sorted[0]?.at ?? 0;
  const width = Math.max(8, ...sorted.map(({ who }) => who.length));
  const row = (time: string, who: string, what: string) =>
    `${time.padStart(9)}  ${who.padEnd(width)}  ${what}`;
  return hide(
    [
      ...sorted.map(({ at, who, what }) => row(((at - begin) / 1000).toFixed(3), who, what)),
      ...workflows.map(({ workflowId, status, failure }) =>
        row('end', 'temporal', `${workflowId} ${status}${failure === null ? '' : `: ${clipped(failure)}`}`),
      ),
      ...routers.map(({ name, end }) => row('end', name, standing(end))),
      ...violations.filter(({ at }) => at === null).map((one) => row('end', 'WRONG', told(one))),
    ]
      .map((line) => `${line.trimEnd()}\n`)
      .join(''),
  );
}

function writeLine({ revision, key, value, seenAt }: Write): Line {
  const what = value === null ? 'gone' : clipped(value);
  return { at: seenAt, who: 'etcd', what: `#${revision} ${key} ${what}` };
}

function tapeLines({ name, base, tape }: RouterEvidence): readonly Line[] {
  let before = base;
  let shown = '';
  return tape.flatMap((entry) => {
    const what = tapeText(entry, before);
    if ('config' in entry) before = entry.config;
    // A poll repeats the same requests.
    if (entry.kind === 'showed' && what === shown) return [];
    if (entry.kind === 'showed') shown = what;
    return [{ at: entry.at, who: name, what }];
  });
}

function tapeText(entry: TapeEntry, before: string): string {
  switch (entry.kind) {
    case 'committed': {
      const trial = entry.until === null ? '' : ' on trial';
      const met = entry.met === null ? '' : `, upon ${by(entry.met)}`;
      return `committed${trial} by ${by(entry)}${met}: ${changes(before, entry.config)}`;
    }
    case 'confirmed':
      return `confirmed by ${entry.user}: ${by(entry.met)}`;
    case 'fell back':
      return `fell back from ${by(entry.met)}: ${changes(before, entry.config)}`;
    case 'stayed':
      return `did not fall back from ${by(entry.met)}, and never will`;
    case 'edited':
      return `edited by ${entry.user} (session ${entry.session})${entry.locked ? '' : ' without the lock'}`;
    case 'discarded':
      return `edits of session ${entry.edits} discarded by ${entry.user} (session ${entry.session})`;
    case 'killed':
      return `session ${entry.victim.session} of ${entry.victim.user} killed by ${entry.user}`;
    case 'vrrp':
      return `VRRP ${entry.unit} ${entry.state}`;
    case 'bgp':
      return `BGP ${entry.instance} ${entry.peer} ${entry.state}`;
    case 'showed':
      return `showed ${entry.user} ${entry.what} ${entry.name} ${entry.state}`;
    case 'restarted':
      return `restarted: ${changes(before, entry.config)}`;
  }
}

function by({ user, log }: { readonly user: string; readonly log: string | null }): string {
  return log === null ? user : `${user} ("${log}")`;
}

/** What a commit has changed: `+ interfaces ae0 unit 5 (4)`, the first words of statements, and how many statements begin with them. */
function changes(before: string, after: string): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  const counted = (sign: string, lines: readonly string[]) => {
    const heads = new Map<string, number>();
    for (const line of lines) {
      const head = line
        .split(' ')
        .slice(0, line.startsWith('firewall') ? 7 : 4)
        .join(' ');
      heads.set(head, (heads.get(head) ?? 0) + 1);
    }
    return [...heads].map(([head, count]) => `${sign} ${head} (${count})`);
  };
  const [had, has] = [new Set(old), new Set(now)];
  const found = [
    ...counted(
      '+',
      now.filter((line) => !had.has(line)),
    ),
    ...counted(
      '-',
      old.filter((line) => !has.has(line)),
    ),
  ];
  return found.length === 0 ? 'changes nothing' : found.join(', ');
}

function standing({ lock, pending, sessions }: RouterEvidence['end']): string {
  const locked = lock ? `locked by ${lock.user}` : 'no lock';
  return `${locked}, ${pending ? `pending ${by(pending)}` : 'nothing pending'}, ${sessions.length} sessions`;
}

function told({ invariant, subject, expected, found }: Violation): string {
  return `${invariant}: ${subject}: expected ${expected}, found ${found}`;
}

function clipped(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
