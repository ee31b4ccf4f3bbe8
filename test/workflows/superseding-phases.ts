/** What becomes of a creation of version 1, by what happens in which phase. The table of `docs/superseding.md`, with what `/state` is told. */
import type { Script, Step } from './scripted.ts';

export const EVENTS = [
  'newer version',
  'tombstone',
  'vanished',
  'put again',
  'no change',
  'cancel',
  'newer version and cancel',
] as const;
export type Event = (typeof EVENTS)[number];

export interface Phase {
  readonly name: string;
  /** The workflow stands at the beginning of this activity, or at its end. */
  readonly at: Step;
  readonly moment?: 'before' | 'after';
  readonly prepare?: (script: Script) => void;
  /** What `/state` is told in the end, in order. */
  readonly told: Readonly<Record<Event, readonly string[]>>;
  /** How version 1 ended, by what the next run tells of it. Absent: the workflow had not worked on it. */
  readonly end?: string;
}

const CREATED = '1 CREATE_COMPLETED';
const CANCELLED = '1 CREATE_FAILED: cancelled';
const SUPERSEDED = '1 CREATE_FAILED: superseded by version 2';
const REFUSED = '1 CREATE_FAILED: MX-1 refused it';
const NEXT = '2 CREATE_COMPLETED';
const DELETED = '2 DELETE_COMPLETED';

const planned = {
  'newer version': [NEXT],
  tombstone: [DELETED],
  vanished: [],
  'put again': [CREATED],
  'no change': [CREATED],
  cancel: [CANCELLED],
  'newer version and cancel': [CANCELLED],
};
/** The store writes no `/state` where there is no configuration. */
const begun = {
  ...planned,
  'newer version': [SUPERSEDED, NEXT],
  tombstone: [SUPERSEDED, DELETED],
  vanished: ['1 CREATE_FAILED: superseded: the configuration vanished'],
};
/** After the point of no return. */
const kept = {
  'newer version': [CREATED, NEXT],
  tombstone: [CREATED, DELETED],
  vanished: [CREATED],
  'put again': [CREATED],
  'no change': [CREATED],
  cancel: [CREATED],
  'newer version and cancel': [CREATED],
};
const failed = {
  'newer version': [REFUSED, NEXT],
  tombstone: [REFUSED, DELETED],
  vanished: [REFUSED],
  'put again': [REFUSED],
  'no change': [REFUSED],
  cancel: [REFUSED],
  'newer version and cancel': [REFUSED],
};
const refuse = (script: Script) => (script.refusal = 'MX-1 refused it');

export const PHASES: readonly Phase[] = [
  {
    name: 'waiting to plan',
    at: 'plan',
    told: { ...planned, cancel: [], 'newer version and cancel': [] },
  },
  { name: 'planned', at: 'plan', moment: 'after', told: planned, end: 'superseded' },
  {
    name: 'being registered',
    at: 'register',
    told: { ...planned, 'newer version and cancel': [] },
    end: 'superseded',
  },
  { name: 'registered', at: 'register', moment: 'after', told: begun, end: 'superseded' },
  { name: 'waiting for its pair', at: 'requestApply', told: begun, end: 'superseded' },
  { name: 'applied', at: 'requestApply', moment: 'after', told: begun, end: 'superseded' },
  { name: 'being recorded', at: 'recordStack', told: begun, end: 'superseded' },
  { name: 'being polled', at: 'poll', told: begun, end: 'superseded' },
  { name: 'requested to be confirmed', at: 'requestConfirm', told: kept, end: 'created' },
  { name: 'confirmed', at: 'requestConfirm', moment: 'after', told: kept, end: 'created' },
  { name: 'being published', at: 'publishCompleted', told: kept, end: 'created' },
  { name: 'published', at: 'publishCompleted', moment: 'after', told: kept, end: 'created' },
  { name: 'failed and reverted', at: 'requestRevert', prepare: refuse, told: failed, end: 'failed' },
  { name: 'failed and published', at: 'publishFailed', prepare: refuse, told: failed, end: 'failed' },
];
